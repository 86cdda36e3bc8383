import { sql } from 'kysely';
import type { Step } from '../migrate.ts';

/** Settlements and their legs, the journal of exchanges, and what happened to each settlement. */
export const settlement: Step = async (db, types) => {
  await db.schema
    .createTable('settlements')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('client', 'text', (c) => c.notNull())
    .addColumn('bill_number', 'text', (c) => c.notNull())
    .addColumn('person', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('doubt_of', 'text')
    .addColumn('attempt', types.integer, (c) => c.notNull())
    .addColumn('version', types.integer, (c) => c.notNull())
    .addColumn('bill', types.bytes, (c) => c.notNull())
    .addColumn('total_fen', types.integer, (c) => c.notNull())
    .addColumn('fund_fen', types.integer)
    .addColumn('account_fen', types.integer)
    .addColumn('cash_fen', types.integer)
    .addColumn('cause_code', 'text')
    .addColumn('cause_reason', types.bytes)
    .addColumn('asked_at', types.integer)
    .addColumn('next_check_at', types.integer)
    .addColumn('tries', types.integer, (c) => c.notNull())
    .addColumn('undecided', types.integer, (c) => c.notNull())
    .addColumn('runner', 'text')
    .addColumn('created_at', types.integer, (c) => c.notNull())
    .addColumn('updated_at', types.integer, (c) => c.notNull())
    .execute();
  await db.schema.createIndex('settlements_state').on('settlements').columns(['state', 'id']).execute();
  await db.schema.createIndex('settlements_bill').on('settlements').columns(['bill_number', 'id']).execute();
  await db.schema.createIndex('settlements_person').on('settlements').columns(['person', 'id']).execute();
  await db.schema
    .createIndex('settlements_due')
    .on('settlements')
    .column('next_check_at')
    .where('next_check_at', 'is not', null)
    .execute();
  await db.schema
    .createTable('legs')
    .addColumn('settlement_id', 'text', (c) => c.notNull().references('settlements.id'))
    .addColumn('ordinal', types.integer, (c) => c.notNull())
    .addColumn('insurer', 'text', (c) => c.notNull())
    .addColumn('bill_number', 'text', (c) => c.notNull())
    .addColumn('live', types.integer, (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('quote', types.bytes)
    .addColumn('settled', types.bytes)
    .addColumn('number', 'text')
    .addColumn('reversal_number', 'text')
    .addColumn('settled_at', types.integer)
    .addColumn('reversed_at', types.integer)
    .addColumn('own_id', 'text')
    .addColumn('money_exchange', 'text')
    .addPrimaryKeyConstraint('legs_pk', ['settlement_id', 'ordinal'])
    .execute();
  // The promise itself: one bill has at most one live settlement at each insurer.
  await db.schema
    .createIndex('legs_live')
    .unique()
    .on('legs')
    .columns(['insurer', 'bill_number'])
    .where(sql<boolean>`live = 1`)
    .execute();
  await db.schema.createIndex('legs_number').on('legs').columns(['insurer', 'number']).execute();
  await db.schema.createIndex('legs_settled').on('legs').columns(['insurer', 'settled_at']).execute();
  await db.schema
    .createTable('exchanges')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('insurer', 'text', (c) => c.notNull())
    .addColumn('transaction', 'text', (c) => c.notNull())
    .addColumn('own_id', 'text', (c) => c.notNull())
    .addColumn('purpose', 'text', (c) => c.notNull())
    .addColumn('settlement_id', 'text')
    .addColumn('client', 'text', (c) => c.notNull())
    .addColumn('effect', 'text', (c) => c.notNull())
    .addColumn('request', types.bytes, (c) => c.notNull())
    .addColumn('sent_at', types.integer, (c) => c.notNull())
    .addColumn('deadline_at', types.integer, (c) => c.notNull())
    .addColumn('outcome', 'text', (c) => c.notNull())
    .addColumn('reason', types.bytes)
    .addColumn('answer', types.bytes)
    .addColumn('status', types.integer)
    .addColumn('answered_at', types.integer)
    .addColumn('duration_ms', types.integer)
    .execute();
  await db.schema
    .createIndex('exchanges_own_id')
    .unique()
    .on('exchanges')
    .columns(['insurer', 'own_id'])
    .execute();
  await db.schema
    .createIndex('exchanges_settlement')
    .on('exchanges')
    .columns(['settlement_id', 'id'])
    .where('settlement_id', 'is not', null)
    .execute();
  await db.schema
    .createIndex('exchanges_pending')
    .on('exchanges')
    .column('deadline_at')
    .where(sql<boolean>`outcome = 'pending'`)
    .execute();
  await db.schema
    .createTable('settlement_history')
    .addColumn('settlement_id', 'text', (c) => c.notNull().references('settlements.id'))
    .addColumn('seq', types.integer, (c) => c.notNull())
    .addColumn('at', types.integer, (c) => c.notNull())
    .addColumn('from_state', 'text')
    .addColumn('to_state', 'text', (c) => c.notNull())
    .addColumn('event', 'text', (c) => c.notNull())
    .addColumn('by_client', 'text', (c) => c.notNull())
    .addColumn('cause_code', 'text')
    .addColumn('act', 'text')
    .addColumn('note', types.bytes)
    .addPrimaryKeyConstraint('settlement_history_pk', ['settlement_id', 'seq'])
    .execute();
  await db.schema
    .createIndex('settlement_history_act')
    .unique()
    .on('settlement_history')
    .columns(['settlement_id', 'act'])
    .execute();
};
