import type { Step } from '../migrate.ts';

/** Which funds paid a settlement, and how often readers worked and failed: for measures. */
export const measures: Step = async (db, types) => {
  // A small table in itself, as JSON text; none for what was settled before.
  await db.schema.alterTable('legs').addColumn('funds', 'text').execute();
  await db.schema
    .createTable('reader_counts')
    .addColumn('day', types.integer, (c) => c.notNull())
    .addColumn('gateway', 'text', (c) => c.notNull())
    .addColumn('reader', 'text', (c) => c.notNull())
    .addColumn('what', 'text', (c) => c.notNull())
    .addColumn('count', types.integer, (c) => c.notNull())
    .addPrimaryKeyConstraint('reader_counts_pk', ['day', 'gateway', 'reader', 'what'])
    .execute();
};
