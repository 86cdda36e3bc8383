import type { Step } from '../migrate.ts';

/** The directory of organisations, and messages that pass through others on their way. */
export const directory: Step = async (db, types) => {
  await db.schema
    .createTable('organisations')
    .addColumn('code', 'text', (c) => c.primaryKey())
    .addColumn('source', 'text', (c) => c.notNull())
    .addColumn('record', 'text', (c) => c.notNull())
    .addColumn('version', types.integer, (c) => c.notNull())
    .addColumn('updated_at', types.integer, (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('agreements')
    .addColumn('code', 'text', (c) => c.primaryKey())
    .addColumn('source', 'text', (c) => c.notNull())
    .addColumn('record', 'text', (c) => c.notNull())
    .addColumn('version', types.integer, (c) => c.notNull())
    .addColumn('updated_at', types.integer, (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('directory_revisions')
    .addColumn('name', 'text', (c) => c.primaryKey())
    .addColumn('revision', types.integer, (c) => c.notNull())
    .execute();
  await db.schema.alterTable('deliveries').addColumn('sender', 'text').execute();
  await db.schema.alterTable('deliveries').addColumn('receiver', 'text').execute();
  await db.schema.alterTable('deliveries').addColumn('via', 'text').execute();
  await db.schema.alterTable('deliveries').addColumn('reached_at', types.integer).execute();
  await db.schema.createIndex('deliveries_message').on('deliveries').columns(['message_id', 'id']).execute();
};
