import { type RawBuilder, sql } from 'kysely';
import type { CatalogueKind } from '../../../schemas/catalogue-words.ts';
import { type Arg, type Dialect, query } from '../../store/query.ts';
import type { CatalogueTables } from './tables.ts';

export type VersionRow = CatalogueTables['catalogue_versions'];
export type ItemRow = CatalogueTables['catalogue_items'];

/** The last version of a row that has none yet. */
export const FOREVER = Number.MAX_SAFE_INTEGER;
const forever = sql.lit(FOREVER);

interface Place {
  readonly insurer: string;
  readonly kind: CatalogueKind;
}

// Versions: who loads holds the row, and every batch renews the hold in the unit that writes it.

export const addVersion = query<Place>('catalogue.addVersion', (db, arg) =>
  db
    .insertInto('catalogue_versions')
    .values({
      insurer: arg('insurer'),
      kind: arg('kind'),
      number: 0,
      version: null,
      items: 0,
      loaded_at: null,
      download_id: null,
      holder: null,
      lease_until: 0,
    })
    .onConflict((conflict) => conflict.columns(['insurer', 'kind']).doNothing()),
);

export const versionOf = query<Place, VersionRow>(
  'catalogue.version',
  (db, arg) =>
    db
      .selectFrom('catalogue_versions')
      .selectAll()
      .where('insurer', '=', arg('insurer'))
      .where('kind', '=', arg('kind')),
  { hot: true },
);

export const versionsOf = query<{ insurer: string }, VersionRow>(
  'catalogue.versions',
  (db, arg) => db.selectFrom('catalogue_versions').selectAll().where('insurer', '=', arg('insurer')),
  { hot: true },
);

/** Takes the hold where nobody living has it. */
export const takeVersion = query<Place & { download: string; holder: string; until: number; now: number }>(
  'catalogue.take',
  (db, arg) =>
    db
      .updateTable('catalogue_versions')
      .set({ download_id: arg('download'), holder: arg('holder'), lease_until: arg('until') })
      .where('insurer', '=', arg('insurer'))
      .where('kind', '=', arg('kind'))
      .where((where) => where.or([where('download_id', 'is', null), where('lease_until', '<', arg('now'))])),
);

/** Takes the hold on a download of a gateway that died; none is changed where another was quicker. */
export const resumeVersion = query<Place & { download: string; holder: string; seen: number; until: number }>(
  'catalogue.resume',
  (db, arg) =>
    db
      .updateTable('catalogue_versions')
      .set({ holder: arg('holder'), lease_until: arg('until') })
      .where('insurer', '=', arg('insurer'))
      .where('kind', '=', arg('kind'))
      .where('download_id', '=', arg('download'))
      .where('lease_until', '=', arg('seen')),
);

/** Renews the hold; none is changed where another has taken it, or it was cancelled. */
export const holdVersion = query<Place & { holder: string; until: number }>('catalogue.hold', (db, arg) =>
  db
    .updateTable('catalogue_versions')
    .set({ lease_until: arg('until') })
    .where('insurer', '=', arg('insurer'))
    .where('kind', '=', arg('kind'))
    .where('holder', '=', arg('holder')),
);

export const releaseVersion = query<Place & { download: string }>('catalogue.release', (db, arg) =>
  db
    .updateTable('catalogue_versions')
    .set({ download_id: null, holder: null, lease_until: 0 })
    .where('insurer', '=', arg('insurer'))
    .where('kind', '=', arg('kind'))
    .where('download_id', '=', arg('download')),
);

/** Brings a version into force. */
export const switchVersion = query<
  Place & { holder: string; number: number; version: string | null; items: number; now: number }
>('catalogue.switch', (db, arg) =>
  db
    .updateTable('catalogue_versions')
    .set({
      number: arg('number'),
      version: arg('version'),
      items: arg('items'),
      loaded_at: arg('now'),
      download_id: null,
      holder: null,
      lease_until: 0,
    })
    .where('insurer', '=', arg('insurer'))
    .where('kind', '=', arg('kind'))
    .where('holder', '=', arg('holder')),
);

// Items: written many at a time, as one JSON text of rows.

const ITEM_FIELDS = [
  'code',
  'variant',
  'name',
  'aliases',
  'initials',
  'leads_to',
  'price_limit',
  'self_pay',
  'held_for',
  'valid',
  'valid_from',
  'valid_to',
  'content',
] as const;

/** What one row of the JSON text holds. */
export type ItemFields = Pick<ItemRow, (typeof ITEM_FIELDS)[number]>;

type Many = Place & { readonly number: number; readonly rows: string };

/** The rows of a JSON text as a table `r` with the columns of an item. */
function rowsOf(arg: Arg<Many>, dialect: Dialect): RawBuilder<unknown> {
  if (dialect === 'sqlite') {
    const columns = ITEM_FIELDS.map((field) => sql`value ->> ${sql.lit(field)} as ${sql.ref(field)}`);
    return sql`(select ${sql.join(columns)} from json_each(${arg('rows')})) as r`;
  }
  const columns = ITEM_FIELDS.map(
    (field) => sql`${sql.ref(field)} ${sql.raw(field === 'valid' ? 'bigint' : 'text')}`,
  );
  return sql`jsonb_to_recordset(${arg('rows')}::jsonb) as r(${sql.join(columns)})`;
}

/** Writes rows of a version; one of the same code and variant takes the place of an earlier one. */
export const putItems = query<Many>('catalogue.putItems', (_db, arg, dialect) => {
  const fields = ITEM_FIELDS.map((field) => sql.ref(field));
  const set = ITEM_FIELDS.slice(2).map((field) => sql`${sql.ref(field)} = excluded.${sql.ref(field)}`);
  return compilable(
    sql`insert into catalogue_items (insurer, kind, first_version, last_version, ${sql.join(fields)})
      select cast(${arg('insurer')} as text), cast(${arg('kind')} as text), cast(${arg('number')} as bigint),
        ${forever}, ${sql.join(fields)} from ${rowsOf(arg, dialect)} where true
      on conflict (insurer, kind, code, variant, first_version) do update set ${sql.join(set)}`,
    _db,
  );
});

/** Ends the rows of earlier versions that these replace; seen until the version comes into force. */
export const endReplaced = query<Many>('catalogue.endReplaced', (db, arg, dialect) =>
  db
    .updateTable('catalogue_items')
    .set({ last_version: arg('number') })
    .where('insurer', '=', arg('insurer'))
    .where('kind', '=', arg('kind'))
    .where('first_version', '<', arg('number'))
    .where('last_version', '=', forever)
    .where(sql<boolean>`(code, variant) in (select r.code, r.variant from ${rowsOf(arg, dialect)})`),
);

/** Rows changed by one statement of those that tidy up. */
export const TIDIED_ROWS = 5_000;

const tidied = sql.lit(TIDIED_ROWS);

/** Ends rows that the new version, a whole one, no longer has. */
export const endMissing = query<Place & { number: number }>('catalogue.endMissing', (db, arg) =>
  db
    .updateTable('catalogue_items')
    .set({ last_version: arg('number') })
    .where('insurer', '=', arg('insurer'))
    .where('kind', '=', arg('kind'))
    .where(
      sql<boolean>`(code, variant, first_version) in (select code, variant, first_version from catalogue_items
        where insurer = ${arg('insurer')} and kind = ${arg('kind')} and last_version = ${forever}
          and first_version < ${arg('number')} limit ${tidied})`,
    ),
);

/** Removes rows of a version that never came into force. */
export const dropUnborn = query<Place & { number: number }>('catalogue.dropUnborn', (db, arg) =>
  db
    .deleteFrom('catalogue_items')
    .where('insurer', '=', arg('insurer'))
    .where('kind', '=', arg('kind'))
    .where(
      sql<boolean>`(code, variant, first_version) in (select code, variant, first_version from catalogue_items
        where insurer = ${arg('insurer')} and kind = ${arg('kind')} and first_version > ${arg('number')}
        limit ${tidied})`,
    ),
);

/** Takes back the end of rows that a version which never came into force had replaced. */
export const reviveItems = query<Place & { number: number }>('catalogue.revive', (db, arg) =>
  db
    .updateTable('catalogue_items')
    .set({ last_version: forever })
    .where('insurer', '=', arg('insurer'))
    .where('kind', '=', arg('kind'))
    .where(
      sql<boolean>`(code, variant, first_version) in (select code, variant, first_version from catalogue_items
        where insurer = ${arg('insurer')} and kind = ${arg('kind')} and last_version > ${arg('number')}
          and last_version < ${forever} limit ${tidied})`,
    ),
);

/** Removes rows that no reader sees any more. */
export const dropEnded = query<Place & { number: number }>('catalogue.dropEnded', (db, arg) =>
  db
    .deleteFrom('catalogue_items')
    .where('insurer', '=', arg('insurer'))
    .where('kind', '=', arg('kind'))
    .where(
      sql<boolean>`(code, variant, first_version) in (select code, variant, first_version from catalogue_items
        where insurer = ${arg('insurer')} and kind = ${arg('kind')} and last_version <= ${arg('number')}
          and last_version < ${forever} limit ${tidied})`,
    ),
);

export const countItems = query<Place, { items: number }>('catalogue.count', (db, arg) =>
  db
    .selectFrom('catalogue_items')
    .select((select) => select.fn.countAll<number>().as('items'))
    .where('insurer', '=', arg('insurer'))
    .where('kind', '=', arg('kind'))
    .where('last_version', '=', forever),
);

function compilable(builder: RawBuilder<unknown>, db: Parameters<RawBuilder<unknown>['compile']>[0]) {
  return { compile: () => builder.compile(db) };
}
