import { sql } from 'kysely';
import { insertion, query } from '../../store/query.ts';
import type { CatalogueTables } from './tables.ts';

export type MappingRow = CatalogueTables['code_mappings'];

const COLUMNS = [
  'insurer',
  'local_code',
  'kind',
  'local_name',
  'national_code',
  'valid_from',
  'valid_to',
  'dosage_form',
  'specification',
  'approval_number',
  'unit',
  'state',
  'uploaded',
  'exchange_id',
  'cause_reason',
  'version',
  'updated_at',
] as const;

export const insertMapping = insertion('mapping.insert', 'code_mappings', COLUMNS);

export const mappingOf = query<{ insurer: string; code: string }, MappingRow>(
  'mapping.one',
  (db, arg) =>
    db
      .selectFrom('code_mappings')
      .selectAll()
      .where('insurer', '=', arg('insurer'))
      .where('local_code', '=', arg('code')),
  { hot: true },
);

/** Writes a mapping over the version that was read; none is changed where another has written meanwhile. */
export const changeMapping = query<MappingRow & { before: number }>('mapping.change', (db, arg) =>
  db
    .updateTable('code_mappings')
    .set(Object.fromEntries(COLUMNS.slice(2).map((column) => [column, arg(column)])) as never)
    .where('insurer', '=', arg('insurer'))
    .where('local_code', '=', arg('local_code'))
    .where('version', '=', arg('before')),
);

export const mappingsAfter = query<{ insurer: string; after: string; limit: number }, MappingRow>(
  'mapping.list',
  (db, arg) =>
    db
      .selectFrom('code_mappings')
      .selectAll()
      .where('insurer', '=', arg('insurer'))
      .where('local_code', '>', arg('after'))
      .orderBy('local_code')
      .limit(arg('limit')),
  { hot: true },
);

export const mappingsInState = query<
  { insurer: string; state: MappingRow['state']; after: string; limit: number },
  MappingRow
>(
  'mapping.inState',
  (db, arg) =>
    db
      .selectFrom('code_mappings')
      .selectAll()
      .where('insurer', '=', arg('insurer'))
      .where('state', '=', arg('state'))
      .where('local_code', '>', arg('after'))
      .orderBy('local_code')
      .limit(arg('limit')),
  { hot: true },
);

export type MappingFacts = Pick<
  MappingRow,
  'local_code' | 'national_code' | 'state' | 'valid_from' | 'valid_to'
>;

/** The mappings of these local codes (a JSON list). */
export const mappingsOfCodes = query<{ insurer: string; codes: string; limit: number }, MappingFacts>(
  'mapping.ofCodes',
  (db, arg, dialect) =>
    db
      .selectFrom(
        dialect === 'sqlite'
          ? sql<{ code: string }>`(select value as code from json_each(${arg('codes')}))`.as('c')
          : sql<{
              code: string;
            }>`(select value as code from jsonb_array_elements_text(${arg('codes')}::jsonb))`.as('c'),
      )
      .innerJoin('code_mappings as m', (join) =>
        join.on(sql<boolean>`m.local_code = c.code`).on('m.insurer', '=', arg('insurer')),
      )
      .select(['m.local_code', 'm.national_code', 'm.state', 'm.valid_from', 'm.valid_to'])
      .limit(arg('limit')),
  { hot: true },
);
