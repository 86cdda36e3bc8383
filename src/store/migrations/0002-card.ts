import type { Step } from '../migrate.ts';

/** Readings: what cards told readers, for as long as a settlement may refer to them. */
export const card: Step = async (db, types) => {
  await db.schema
    .createTable('readings')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('reader_id', 'text', (c) => c.notNull())
    .addColumn('client', 'text', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('made_at', types.integer, (c) => c.notNull())
    .addColumn('valid_until', types.integer, (c) => c.notNull())
    .addColumn('document_fingerprint', 'text')
    .addColumn('content', types.bytes, (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex('readings_document')
    .on('readings')
    .columns(['document_fingerprint', 'made_at'])
    .execute();
  await db.schema.createIndex('readings_valid').on('readings').column('valid_until').execute();
};
