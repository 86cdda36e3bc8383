import { type Kysely, sql } from 'kysely';
import type { ColumnTypes, Step } from '../migrate.ts';

/** Who is told of what happened: HIS by the event log and webhooks, insurers by filings; and what is measured of it. */
export const telling: Step = async (db, types) => {
  await eventLog(db, types);
  await webhooks(db, types);
  await reports(db, types);
  await times(db, types);
};

async function eventLog(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await db.schema
    .createTable('events_new')
    .addColumn('place', types.dialect === 'sqlite' ? 'integer' : 'bigserial', (c) => c.primaryKey())
    .addColumn('id', 'text', (c) => c.notNull())
    .addColumn('at', types.integer, (c) => c.notNull())
    .addColumn('type', 'text', (c) => c.notNull())
    .addColumn('subject', 'text', (c) => c.notNull())
    .addColumn('data', 'text', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('events_log')
    .addColumn('seq', types.integer, (c) => c.primaryKey())
    .addColumn('id', 'text', (c) => c.notNull())
    .addColumn('at', types.integer, (c) => c.notNull())
    .addColumn('type', 'text', (c) => c.notNull())
    .addColumn('subject', 'text', (c) => c.notNull())
    .addColumn('data', 'text', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('events_log_at').on('events_log').columns(['at', 'seq']).execute();
}

async function webhooks(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await db.schema
    .createTable('webhooks')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('client', 'text', (c) => c.notNull())
    .addColumn('url', 'text', (c) => c.notNull())
    .addColumn('types', 'text', (c) => c.notNull())
    .addColumn('secret', types.bytes, (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('cause', 'text')
    .addColumn('resume_at', types.integer, (c) => c.notNull())
    .addColumn('created_at', types.integer, (c) => c.notNull())
    .addColumn('updated_at', types.integer, (c) => c.notNull())
    .execute();
  await db.schema.createIndex('webhooks_state').on('webhooks').columns(['state', 'id']).execute();
  await db.schema
    .createTable('webhook_deliveries')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('webhook_id', 'text', (c) => c.notNull())
    .addColumn('event_id', 'text', (c) => c.notNull())
    .addColumn('seq', types.integer, (c) => c.notNull())
    .addColumn('at', types.integer, (c) => c.notNull())
    .addColumn('type', 'text', (c) => c.notNull())
    .addColumn('subject', 'text', (c) => c.notNull())
    .addColumn('data', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('attempts', types.integer, (c) => c.notNull())
    .addColumn('next_at', types.integer, (c) => c.notNull())
    .addColumn('lease', 'text')
    .addColumn('lease_until', types.integer, (c) => c.notNull())
    .addColumn('replayed', types.integer, (c) => c.notNull())
    .addColumn('created_at', types.integer, (c) => c.notNull())
    .addColumn('updated_at', types.integer, (c) => c.notNull())
    .execute();
  // Only what is queued is ever looked for by time, and that is little beside what was delivered.
  await db.schema
    .createIndex('webhook_deliveries_due')
    .on('webhook_deliveries')
    .columns(['webhook_id', 'next_at'])
    .where('state' as never, '=', 'queued')
    .execute();
  await db.schema
    .createIndex('webhook_deliveries_of')
    .on('webhook_deliveries')
    .columns(['webhook_id', 'id'])
    .execute();
  await db.schema
    .createIndex('webhook_deliveries_age')
    .on('webhook_deliveries')
    .column('updated_at')
    .execute();
  await db.schema
    .createTable('webhook_attempts')
    .addColumn('delivery_id', 'text', (c) => c.notNull())
    .addColumn('number', types.integer, (c) => c.notNull())
    .addColumn('at', types.integer, (c) => c.notNull())
    .addColumn('status', types.integer)
    .addColumn('error', 'text')
    .addColumn('duration_ms', types.integer, (c) => c.notNull())
    .addPrimaryKeyConstraint('webhook_attempts_pk', ['delivery_id', 'number'])
    .execute();
  await db.schema.createIndex('webhook_attempts_age').on('webhook_attempts').column('at').execute();
}

/** What an insurer is to be told of a referral. */
async function reports(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await db.schema
    .createTable('referral_reports')
    .addColumn('referral_id', 'text', (c) => c.notNull())
    .addColumn('insurer', 'text', (c) => c.notNull())
    .addColumn('wanted', 'text', (c) => c.notNull())
    .addColumn('round', types.integer, (c) => c.notNull())
    .addColumn('filing_state', 'text')
    .addColumn('number', 'text')
    .addColumn('problem', 'text')
    .addColumn('seen', 'text')
    .addColumn('seen_at', types.integer)
    .addColumn('next_at', types.integer)
    .addColumn('tries', types.integer, (c) => c.notNull())
    .addColumn('lease_until', types.integer, (c) => c.notNull())
    .addColumn('version', types.integer, (c) => c.notNull())
    .addColumn('created_at', types.integer, (c) => c.notNull())
    .addColumn('updated_at', types.integer, (c) => c.notNull())
    .addPrimaryKeyConstraint('referral_reports_pk', ['referral_id', 'insurer'])
    .execute();
  await db.schema
    .createIndex('referral_reports_due')
    .on('referral_reports')
    .column('next_at')
    .where('next_at', 'is not', null)
    .execute();
}

/** When a referral was answered, closed, and known to be closed at both ends. */
async function times(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await db.schema
    .createTable('referral_times')
    .addColumn('referral_id', 'text', (c) => c.primaryKey())
    .addColumn('answered_at', types.integer)
    .addColumn('closed_at', types.integer)
    .addColumn('acknowledged_at', types.integer)
    .execute();
  await db.schema.createIndex('referrals_created').on('referrals').column('created_at').execute();
  // Of referrals from before this table. When a receipt came was not kept, so what we sent counts by its own time.
  await sql`
    insert into referral_times (referral_id, answered_at, closed_at, acknowledged_at)
    select e.referral_id, min(e.at),
      min(case when e.type in ('decline', 'complete', 'confirm-cancellation') then e.at end),
      min(case when e.type in ('decline', 'complete', 'confirm-cancellation')
        and (e.delivery is null or e.delivery = 'delivered') then e.recorded_at end)
    from referral_events e
    where e.who = 'recipient' and e.outcome = 'applied'
    group by e.referral_id`.execute(db);
}
