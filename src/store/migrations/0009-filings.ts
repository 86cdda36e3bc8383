import { sql } from 'kysely';
import type { Step } from '../migrate.ts';

/** Filings (备案) at insurers, and what happened to each. */
export const filings: Step = async (db, types) => {
  await db.schema
    .createTable('filings')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('client', 'text', (c) => c.notNull())
    .addColumn('insurer', 'text', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('person', 'text', (c) => c.notNull())
    .addColumn('subject', 'text', (c) => c.notNull())
    .addColumn('live', types.integer, (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('doubt_of', 'text')
    .addColumn('version', types.integer, (c) => c.notNull())
    .addColumn('number', 'text')
    .addColumn('referral_id', 'text')
    .addColumn('filing', types.bytes, (c) => c.notNull())
    .addColumn('exchange', 'text')
    .addColumn('cause_code', 'text')
    .addColumn('cause_reason', types.bytes)
    .addColumn('next_check_at', types.integer)
    .addColumn('running', types.integer, (c) => c.notNull())
    .addColumn('looks', types.integer, (c) => c.notNull())
    .addColumn('created_at', types.integer, (c) => c.notNull())
    .addColumn('updated_at', types.integer, (c) => c.notNull())
    .execute();
  // The promise itself: the same filing is not made twice while it stands, or may stand.
  await db.schema
    .createIndex('filings_live')
    .unique()
    .on('filings')
    .columns(['insurer', 'kind', 'person', 'subject'])
    .where(sql<boolean>`live = 1`)
    .execute();
  await db.schema.createIndex('filings_state').on('filings').columns(['state', 'id']).execute();
  await db.schema.createIndex('filings_person').on('filings').columns(['person', 'id']).execute();
  await db.schema.createIndex('filings_referral').on('filings').columns(['referral_id', 'id']).execute();
  await db.schema.createIndex('filings_number').on('filings').column('number').execute();
  await db.schema
    .createIndex('filings_due')
    .on('filings')
    .column('next_check_at')
    .where('next_check_at', 'is not', null)
    .execute();
  await db.schema
    .createTable('filing_history')
    .addColumn('filing_id', 'text', (c) => c.notNull().references('filings.id'))
    .addColumn('version', types.integer, (c) => c.notNull())
    .addColumn('at', types.integer, (c) => c.notNull())
    .addColumn('from_state', 'text')
    .addColumn('to_state', 'text', (c) => c.notNull())
    .addColumn('event', 'text', (c) => c.notNull())
    .addColumn('by_client', 'text', (c) => c.notNull())
    .addColumn('cause_code', 'text')
    .addColumn('act', 'text')
    .addColumn('note', types.bytes)
    .addPrimaryKeyConstraint('filing_history_pk', ['filing_id', 'version'])
    .execute();
  await db.schema
    .createIndex('filing_history_act')
    .on('filing_history')
    .columns(['filing_id', 'act'])
    .execute();
};
