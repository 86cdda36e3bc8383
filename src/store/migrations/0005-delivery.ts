import type { Step } from '../migrate.ts';

/** What must reach other organisations, and what came from them. */
export const delivery: Step = async (db, types) => {
  await db.schema
    .createTable('deliveries')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('organisation', 'text', (c) => c.notNull())
    .addColumn('message_id', 'text', (c) => c.notNull())
    .addColumn('type', 'text', (c) => c.notNull())
    .addColumn('correlation_id', 'text', (c) => c.notNull())
    .addColumn('order_seq', types.integer, (c) => c.notNull())
    .addColumn('body', types.bytes, (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('attempts', types.integer, (c) => c.notNull())
    .addColumn('next_at', types.integer, (c) => c.notNull())
    .addColumn('lease', 'text')
    .addColumn('lease_until', types.integer, (c) => c.notNull())
    .addColumn('last_error', 'text')
    .addColumn('expires_at', types.integer, (c) => c.notNull())
    .addColumn('receipt_at', types.integer)
    .addColumn('replay_of', 'text', (c) => c.unique())
    .addColumn('created_at', types.integer, (c) => c.notNull())
    .addColumn('updated_at', types.integer, (c) => c.notNull())
    .execute();
  // Only what is queued is ever looked for by time or by case, and that is little beside what was delivered.
  await db.schema
    .createIndex('deliveries_due')
    .on('deliveries')
    .columns(['organisation', 'next_at'])
    .where('state' as never, '=', 'queued')
    .execute();
  await db.schema
    .createIndex('deliveries_case')
    .on('deliveries')
    .columns(['organisation', 'correlation_id', 'order_seq'])
    .where('state' as never, '=', 'queued')
    .execute();
  await db.schema.createIndex('deliveries_state').on('deliveries').columns(['state', 'id']).execute();
  await db.schema.createIndex('deliveries_to').on('deliveries').columns(['organisation', 'id']).execute();
  await db.schema
    .createTable('inbox')
    .addColumn('sender', 'text', (c) => c.notNull())
    .addColumn('message_id', 'text', (c) => c.notNull())
    .addColumn('hash', 'text', (c) => c.notNull())
    .addColumn('received_at', types.integer, (c) => c.notNull())
    .addPrimaryKeyConstraint('inbox_pk', ['sender', 'message_id'])
    .execute();
  await db.schema.createIndex('inbox_received').on('inbox').column('received_at').execute();
};
