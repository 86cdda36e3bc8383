import type { Step } from '../migrate.ts';

/** Referrals at either end, their history, and messages that came before their turn. */
export const referral: Step = async (db, types) => {
  await db.schema
    .createTable('referrals')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('case_id', 'text', (c) => c.notNull())
    .addColumn('correlation_id', 'text', (c) => c.notNull())
    .addColumn('role', 'text', (c) => c.notNull())
    .addColumn('peer', 'text', (c) => c.notNull())
    .addColumn('direction', 'text', (c) => c.notNull())
    .addColumn('priority', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('closed', types.integer, (c) => c.notNull())
    .addColumn('confirmed', 'text', (c) => c.notNull())
    .addColumn('confirmed_before', 'text')
    .addColumn('own_seq', types.integer, (c) => c.notNull())
    .addColumn('peer_seq', types.integer, (c) => c.notNull())
    .addColumn('seen', types.integer, (c) => c.notNull())
    .addColumn('received_at', types.integer)
    .addColumn('event_count', types.integer, (c) => c.notNull())
    .addColumn('version', types.integer, (c) => c.notNull())
    .addColumn('body', types.bytes, (c) => c.notNull())
    .addColumn('person', 'text', (c) => c.notNull())
    .addColumn('created_at', types.integer, (c) => c.notNull())
    .addColumn('updated_at', types.integer, (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex('referrals_case')
    .on('referrals')
    .columns(['peer', 'case_id', 'role'])
    .unique()
    .execute();
  await db.schema.createIndex('referrals_open').on('referrals').columns(['role', 'closed', 'id']).execute();
  await db.schema.createIndex('referrals_state').on('referrals').columns(['state', 'id']).execute();
  await db.schema.createIndex('referrals_person').on('referrals').columns(['person', 'id']).execute();
  await db.schema
    .createTable('referral_events')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('referral_id', 'text', (c) => c.notNull())
    .addColumn('number', types.integer, (c) => c.notNull())
    .addColumn('who', 'text', (c) => c.notNull())
    .addColumn('type', 'text', (c) => c.notNull())
    .addColumn('detail', 'text')
    .addColumn('seq', types.integer)
    .addColumn('from_state', 'text', (c) => c.notNull())
    .addColumn('to_state', 'text', (c) => c.notNull())
    .addColumn('transition_id', 'text')
    .addColumn('outcome', 'text', (c) => c.notNull())
    .addColumn('message_id', 'text')
    .addColumn('delivery', 'text')
    .addColumn('content', types.bytes, (c) => c.notNull())
    .addColumn('at', types.integer, (c) => c.notNull())
    .addColumn('recorded_at', types.integer, (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex('referral_events_seq')
    .on('referral_events')
    .columns(['referral_id', 'who', 'seq'])
    .unique()
    .execute();
  await db.schema
    .createIndex('referral_events_history')
    .on('referral_events')
    .columns(['referral_id', 'number'])
    .unique()
    .execute();
  await db.schema.createIndex('referral_events_message').on('referral_events').column('message_id').execute();
  await db.schema
    .createTable('referral_waiting')
    .addColumn('peer', 'text', (c) => c.notNull())
    .addColumn('case_id', 'text', (c) => c.notNull())
    .addColumn('who', 'text', (c) => c.notNull())
    .addColumn('seq', types.integer, (c) => c.notNull())
    .addColumn('message_id', 'text', (c) => c.notNull())
    .addColumn('correlation_id', 'text', (c) => c.notNull())
    .addColumn('body', types.bytes, (c) => c.notNull())
    .addColumn('received_at', types.integer, (c) => c.notNull())
    .addPrimaryKeyConstraint('referral_waiting_pk', ['peer', 'case_id', 'who', 'seq'])
    .execute();
};
