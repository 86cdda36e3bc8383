import { type Kysely, sql } from 'kysely';
import type { CatalogueKind } from '../../../schemas/catalogue-words.ts';
import { query } from '../../store/query.ts';
import type { Tables } from '../../store/tables.ts';
import type { ItemRow } from './queries.ts';

/** Entries of the version in force. One statement each, so that a switch in the middle shows the one or the other. */
function inForce(db: Kysely<Tables>) {
  return db
    .selectFrom('catalogue_items as i')
    .innerJoin('catalogue_versions as v', (join) =>
      join.onRef('v.insurer', '=', 'i.insurer').onRef('v.kind', '=', 'i.kind'),
    )
    .selectAll('i')
    .whereRef('i.first_version', '<=', 'v.number')
    .whereRef('i.last_version', '>', 'v.number');
}

interface Search {
  readonly insurer: string;
  readonly kind: CatalogueKind;
  readonly afterCode: string;
  readonly afterVariant: string;
  readonly limit: number;
}

/** Codes from `from` up to, and without, `to`. */
export const itemsByCode = query<Search & { from: string; to: string }, ItemRow>(
  'catalogue.itemsByCode',
  (db, arg) =>
    inForce(db)
      .where('i.insurer', '=', arg('insurer'))
      .where('i.kind', '=', arg('kind'))
      .where('i.code', '>=', arg('from'))
      .where('i.code', '<', arg('to'))
      .where(sql<boolean>`(i.code, i.variant) > (${arg('afterCode')}, ${arg('afterVariant')})`)
      .orderBy('i.code')
      .orderBy('i.variant')
      .limit(arg('limit')),
  { hot: true },
);

export const itemsByInitials = query<Search & { from: string; to: string; afterInitials: string }, ItemRow>(
  'catalogue.itemsByInitials',
  (db, arg) =>
    inForce(db)
      .where('i.insurer', '=', arg('insurer'))
      .where('i.kind', '=', arg('kind'))
      .where('i.initials', 'is not', null)
      .where('i.initials', '>=', arg('from'))
      .where('i.initials', '<', arg('to'))
      .where(
        sql<boolean>`(i.initials, i.code, i.variant) > (${arg('afterInitials')}, ${arg('afterCode')}, ${arg('afterVariant')})`,
      )
      .orderBy('i.initials')
      .orderBy('i.code')
      .orderBy('i.variant')
      .limit(arg('limit')),
  { hot: true },
);

/** A part of the name or of another name. Reads through one catalogue, from the cursor on, until the page is full. */
export const itemsByName = query<Search & { pattern: string }, ItemRow>(
  'catalogue.itemsByName',
  (db, arg) =>
    inForce(db)
      .where('i.insurer', '=', arg('insurer'))
      .where('i.kind', '=', arg('kind'))
      .where(sql<boolean>`(i.code, i.variant) > (${arg('afterCode')}, ${arg('afterVariant')})`)
      .where(
        sql<boolean>`(i.name like ${arg('pattern')} escape '!' or i.aliases like ${arg('pattern')} escape '!')`,
      )
      .orderBy('i.code')
      .orderBy('i.variant')
      .limit(arg('limit')),
  { hot: true },
);

export const itemsOfCode = query<
  { insurer: string; kind: CatalogueKind; code: string; limit: number },
  ItemRow
>(
  'catalogue.itemsOfCode',
  (db, arg) =>
    inForce(db)
      .where('i.insurer', '=', arg('insurer'))
      .where('i.kind', '=', arg('kind'))
      .where('i.code', '=', arg('code'))
      .orderBy('i.variant')
      .limit(arg('limit')),
  { hot: true },
);

/** What is asked of many codes at once. */
export type ItemFacts = Pick<
  ItemRow,
  'kind' | 'code' | 'valid' | 'valid_from' | 'valid_to' | 'leads_to' | 'price_limit' | 'held_for'
>;

/** Entries of these codes (a JSON list) in one catalogue. */
export const factsOfCodes = query<
  { insurer: string; kind: CatalogueKind; codes: string; limit: number },
  ItemFacts
>(
  'catalogue.factsOfCodes',
  (db, arg, dialect) =>
    db
      .selectFrom(
        dialect === 'sqlite'
          ? sql<{ code: string }>`(select value as code from json_each(${arg('codes')}))`.as('c')
          : sql<{
              code: string;
            }>`(select value as code from jsonb_array_elements_text(${arg('codes')}::jsonb))`.as('c'),
      )
      .innerJoin('catalogue_items as i', (join) =>
        join
          .on(sql<boolean>`i.code = c.code`)
          .on('i.insurer', '=', arg('insurer'))
          .on('i.kind', '=', arg('kind')),
      )
      .innerJoin('catalogue_versions as v', (join) =>
        join.onRef('v.insurer', '=', 'i.insurer').onRef('v.kind', '=', 'i.kind'),
      )
      .select([
        'i.kind',
        'i.code',
        'i.valid',
        'i.valid_from',
        'i.valid_to',
        'i.leads_to',
        'i.price_limit',
        'i.held_for',
      ])
      .whereRef('i.first_version', '<=', 'v.number')
      .whereRef('i.last_version', '>', 'v.number')
      .limit(arg('limit')),
  { hot: true },
);

/** The text after every text that begins so. */
export function endOfPrefix(prefix: string): string {
  return `${prefix}\u{10ffff}`;
}

/** A LIKE pattern of a part, whatever it holds. */
export function partPattern(part: string): string {
  return `%${part.replace(/[!%_]/g, '!$&')}%`;
}
