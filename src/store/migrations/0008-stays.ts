import { sql } from 'kysely';
import type { Step } from '../migrate.ts';

/** Stays in a ward, their charges, and what happened to them. */
export const stays: Step = async (db, types) => {
  await db.schema
    .createTable('stays')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('client', 'text', (c) => c.notNull())
    .addColumn('insurer', 'text', (c) => c.notNull())
    .addColumn('number', 'text', (c) => c.notNull())
    .addColumn('live', types.integer, (c) => c.notNull())
    .addColumn('person', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('act', 'text')
    .addColumn('version', types.integer, (c) => c.notNull())
    .addColumn('content', types.bytes, (c) => c.notNull())
    .addColumn('handle', types.bytes)
    .addColumn('serials', types.integer, (c) => c.notNull())
    .addColumn('act_seq', types.integer)
    .addColumn('begun', types.integer, (c) => c.notNull())
    .addColumn('exchange_id', 'text')
    .addColumn('cause_code', 'text')
    .addColumn('cause_reason', types.bytes)
    .addColumn('asked_at', types.integer, (c) => c.notNull())
    .addColumn('next_check_at', types.integer)
    .addColumn('tries', types.integer, (c) => c.notNull())
    .addColumn('undecided', types.integer, (c) => c.notNull())
    .addColumn('runner', 'text')
    .addColumn('admitted_at', types.integer, (c) => c.notNull())
    .addColumn('discharged_at', types.integer)
    .addColumn('created_at', types.integer, (c) => c.notNull())
    .addColumn('updated_at', types.integer, (c) => c.notNull())
    .execute();
  // One live stay per insurer and number.
  await db.schema
    .createIndex('stays_live')
    .on('stays')
    .columns(['insurer', 'number'])
    .unique()
    .where(sql<boolean>`live = 1`)
    .execute();
  await db.schema.createIndex('stays_state').on('stays').columns(['state', 'id']).execute();
  await db.schema.createIndex('stays_number').on('stays').columns(['number', 'id']).execute();
  await db.schema.createIndex('stays_person').on('stays').columns(['person', 'id']).execute();
  await db.schema
    .createIndex('stays_due')
    .on('stays')
    .column('next_check_at')
    .where('next_check_at', 'is not', null)
    .execute();
  await db.schema
    .createTable('stay_lines')
    .addColumn('stay_id', 'text', (c) => c.notNull().references('stays.id'))
    .addColumn('line', 'text', (c) => c.notNull())
    .addColumn('serial', types.integer, (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('content', types.bytes, (c) => c.notNull())
    .addColumn('digest', 'text', (c) => c.notNull())
    .addColumn('amount_fen', types.integer, (c) => c.notNull())
    .addColumn('full_own_fen', types.integer)
    .addColumn('over_limit_fen', types.integer)
    .addColumn('first_own_fen', types.integer)
    .addColumn('in_scope_fen', types.integer)
    .addColumn('settlement_id', 'text')
    .addPrimaryKeyConstraint('stay_lines_pk', ['stay_id', 'line'])
    .execute();
  await db.schema
    .createIndex('stay_lines_serial')
    .on('stay_lines')
    .columns(['stay_id', 'serial'])
    .unique()
    .execute();
  await db.schema
    .createIndex('stay_lines_state')
    .on('stay_lines')
    .columns(['stay_id', 'state', 'serial'])
    .execute();
  await db.schema
    .createTable('stay_history')
    .addColumn('stay_id', 'text', (c) => c.notNull().references('stays.id'))
    .addColumn('seq', types.integer, (c) => c.notNull())
    .addColumn('at', types.integer, (c) => c.notNull())
    .addColumn('from_state', 'text')
    .addColumn('to_state', 'text', (c) => c.notNull())
    .addColumn('event', 'text', (c) => c.notNull())
    .addColumn('act', 'text')
    .addColumn('by_client', 'text', (c) => c.notNull())
    .addColumn('cause_code', 'text')
    .addColumn('request', 'text')
    .addColumn('content', types.bytes)
    .addColumn('note', types.bytes)
    .addPrimaryKeyConstraint('stay_history_pk', ['stay_id', 'seq'])
    .execute();
  await db.schema
    .createIndex('stay_history_request')
    .on('stay_history')
    .columns(['stay_id', 'request'])
    .where('request', 'is not', null)
    .execute();
  await db.schema
    .createTable('stay_exchanges')
    .addColumn('stay_id', 'text', (c) => c.notNull())
    .addColumn('exchange_id', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('stay_exchanges_pk', ['stay_id', 'exchange_id'])
    .execute();
};
