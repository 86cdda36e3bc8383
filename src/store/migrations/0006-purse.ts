import { sql } from 'kysely';
import type { Step } from '../migrate.ts';

/** Purchases from and loads of electronic purses. */
export const purse: Step = async (db, types) => {
  await db.schema
    .createTable('purse_transactions')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('client', 'text', (c) => c.notNull())
    .addColumn('gateway', 'text', (c) => c.notNull())
    .addColumn('reader_id', 'text', (c) => c.notNull())
    .addColumn('card', 'text', (c) => c.notNull())
    .addColumn('open', types.integer, (c) => c.notNull())
    .addColumn('amount_fen', types.integer, (c) => c.notNull())
    .addColumn('host_due', types.integer, (c) => c.notNull())
    .addColumn('created_at', types.integer, (c) => c.notNull())
    .addColumn('updated_at', types.integer, (c) => c.notNull())
    .addColumn('content', types.bytes, (c) => c.notNull())
    .execute();
  // The promise itself: a card is not debited again before it is known what became of the last time.
  await db.schema
    .createIndex('purse_transactions_open')
    .unique()
    .on('purse_transactions')
    .column('card')
    .where(sql<boolean>`open = 1`)
    .execute();
  await db.schema
    .createIndex('purse_transactions_state')
    .on('purse_transactions')
    .columns(['state', 'id'])
    .execute();
  await db.schema
    .createIndex('purse_transactions_host')
    .on('purse_transactions')
    .column('id')
    .where(sql<boolean>`host_due = 1`)
    .execute();
};
