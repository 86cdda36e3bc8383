import type { Step } from '../migrate.ts';

/** How urgent a message is, when it was made, why it was given up; and how each link is doing. */
export const deliveryReports: Step = async (db, types) => {
  await db.schema
    .alterTable('deliveries')
    .addColumn('priority', 'text', (c) => c.notNull().defaultTo('routine'))
    .execute();
  // Unknown for what was under way before: its envelope must stay the same to the byte.
  await db.schema.alterTable('deliveries').addColumn('message_at', types.integer).execute();
  await db.schema.alterTable('deliveries').addColumn('reason', 'text').execute();
  // What waits behind another message, or for a link that is down, is given up in its time too.
  await db.schema
    .createIndex('deliveries_expiry')
    .on('deliveries')
    .column('expires_at')
    .where('state' as never, '=', 'queued')
    .execute();
  await db.schema
    .createIndex('deliveries_correlation')
    .on('deliveries')
    .columns(['correlation_id', 'id'])
    .execute();
  await db.schema
    .createTable('links')
    .addColumn('organisation', 'text', (c) => c.primaryKey())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('since', types.integer, (c) => c.notNull())
    .addColumn('last_heard_at', types.integer)
    .addColumn('last_receipt_at', types.integer)
    .addColumn('last_error', 'text')
    .addColumn('last_error_at', types.integer)
    .execute();
};
