import { insertion, query } from '../../store/query.ts';
import type { DirectoryTables } from './tables.ts';

export type RecordRow = DirectoryTables['organisations'];

/** The statements for one of the two kinds of records, which are kept alike. */
function recordsOf(table: 'organisations' | 'agreements') {
  return {
    all: query<object, RecordRow>(`directory.${table}.all`, (db) =>
      db.selectFrom(table).selectAll().orderBy('code'),
    ),
    byCode: query<{ code: string }, RecordRow>(
      `directory.${table}.byCode`,
      (db, arg) => db.selectFrom(table).selectAll().where('code', '=', arg('code')),
      { hot: true },
    ),
    insert: insertion(`directory.${table}.insert`, table, [
      'code',
      'source',
      'record',
      'version',
      'updated_at',
    ]),
    update: query<RecordRow>(`directory.${table}.update`, (db, arg) =>
      db
        .updateTable(table)
        .set({
          source: arg('source'),
          record: arg('record'),
          version: arg('version'),
          updated_at: arg('updated_at'),
        })
        .where('code', '=', arg('code')),
    ),
    remove: query<{ code: string }>(`directory.${table}.remove`, (db, arg) =>
      db.deleteFrom(table).where('code', '=', arg('code')),
    ),
  };
}

export const records = { organisations: recordsOf('organisations'), agreements: recordsOf('agreements') };

export type RecordKind = keyof typeof records;

export const directoryRevision = query<{ name: string }, { revision: number }>(
  'directory.revision',
  (db, arg) => db.selectFrom('directory_revisions').select('revision').where('name', '=', arg('name')),
  { hot: true },
);

/** Comes first in each change: from then on, others who change the directory wait. */
export const countRevision = query<{ name: string }>('directory.countRevision', (db, arg) =>
  db
    .insertInto('directory_revisions')
    .values({ name: arg('name'), revision: 1 })
    .onConflict((conflict) =>
      conflict.column('name').doUpdateSet((eb) => ({ revision: eb('directory_revisions.revision', '+', 1) })),
    ),
);

export const REVISION = { name: 'directory' } as const;
