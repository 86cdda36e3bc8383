import { sql } from 'kysely';
import { insertion, query } from '../../store/query.ts';
import type { SettlementTables } from '../tables.ts';
import type { StayTables } from './tables.ts';

export type StayRow = StayTables['stays'];
export type StayHistoryRow = StayTables['stay_history'];

// Stays: a unit that changes one locks its row first, so that the next waits and sees the change.

export const insertStay = insertion('stay.insert', 'stays', [
  'id',
  'client',
  'insurer',
  'number',
  'live',
  'referral_source',
  'person',
  'state',
  'act',
  'version',
  'content',
  'handle',
  'serials',
  'act_seq',
  'begun',
  'exchange_id',
  'cause_code',
  'cause_reason',
  'asked_at',
  'next_check_at',
  'tries',
  'undecided',
  'runner',
  'admitted_at',
  'discharged_at',
  'created_at',
  'updated_at',
]);

export const stayById = query<{ id: string }, StayRow>(
  'stay.byId',
  (db, arg) => db.selectFrom('stays').selectAll().where('id', '=', arg('id')),
  { hot: true },
);

export const lockStay = query<{ id: string }, StayRow>(
  'stay.lock',
  (db, arg, dialect) => {
    const select = db.selectFrom('stays').selectAll().where('id', '=', arg('id'));
    return dialect === 'postgres' ? select.forUpdate() : select;
  },
  { hot: true },
);

/** Locks a stay for an exchange of the step that has this version. */
export const fenceStay = query<{ id: string; version: number }, { id: string }>(
  'stay.fence',
  (db, arg, dialect) => {
    const select = db
      .selectFrom('stays')
      .select('id')
      .where('id', '=', arg('id'))
      .where('version', '=', arg('version'));
    return dialect === 'postgres' ? select.forUpdate() : select;
  },
  { hot: true },
);

/** The same, and names the exchange of the act under way. */
export const noteExchange = query<{ id: string; version: number; exchange: string }>(
  'stay.noteExchange',
  (db, arg) =>
    db
      .updateTable('stays')
      .set({ exchange_id: arg('exchange') })
      .where('id', '=', arg('id'))
      .where('version', '=', arg('version')),
  { hot: true },
);

type StayChange = Omit<StayRow, 'client' | 'insurer' | 'number' | 'person' | 'created_at'> & {
  readonly before: number;
};

export const updateStay = query<StayChange>(
  'stay.update',
  (db, arg) =>
    db
      .updateTable('stays')
      .set({
        live: arg('live'),
        state: arg('state'),
        act: arg('act'),
        version: arg('version'),
        content: arg('content'),
        handle: arg('handle'),
        serials: arg('serials'),
        act_seq: arg('act_seq'),
        begun: arg('begun'),
        exchange_id: arg('exchange_id'),
        cause_code: arg('cause_code'),
        cause_reason: arg('cause_reason'),
        asked_at: arg('asked_at'),
        next_check_at: arg('next_check_at'),
        tries: arg('tries'),
        undecided: arg('undecided'),
        runner: arg('runner'),
        admitted_at: arg('admitted_at'),
        discharged_at: arg('discharged_at'),
        updated_at: arg('updated_at'),
      })
      .where('id', '=', arg('id'))
      .where('version', '=', arg('before')),
  { hot: true },
);

export const liveStay = query<{ insurer: string; number: string }, Pick<StayRow, 'id' | 'state'>>(
  'stay.live',
  (db, arg) =>
    db
      .selectFrom('stays')
      .select(['id', 'state'])
      .where('insurer', '=', arg('insurer'))
      .where('number', '=', arg('number'))
      .where('live', '=', sql.lit(1)),
  { hot: true },
);

// Work that waits, as of settlements.

export const dueStays = query<{ now: number; limit: number }, StayRow>(
  'stay.due',
  (db, arg, dialect) => {
    const select = db
      .selectFrom('stays')
      .selectAll()
      .where('next_check_at', '<=', arg('now'))
      .orderBy('next_check_at')
      .limit(arg('limit'));
    return dialect === 'postgres' ? select.forUpdate().skipLocked() : select;
  },
  { hot: true },
);

export const nextStayCheck = query<object, { next_check_at: number }>(
  'stay.nextCheck',
  (db) =>
    db
      .selectFrom('stays')
      .select((row) => row.ref('next_check_at').$notNull().as('next_check_at'))
      .where('next_check_at', 'is not', null)
      .orderBy('next_check_at')
      .limit(1),
  { hot: true },
);

/** What an earlier run of this gateway left behind is due at once: that run is certainly dead. */
export const releaseDeadStays = query<{ gateway: string; length: number; runner: string; now: number }>(
  'stay.releaseDeadRuns',
  (db, arg) =>
    db
      .updateTable('stays')
      .set({ next_check_at: arg('now') })
      .where('next_check_at', 'is not', null)
      .where((row) => sql`substr(${row.ref('runner')}, 1, ${arg('length')})`, '=', arg('gateway'))
      .where('runner', '<>', arg('runner')),
);

// Settlements of a stay

/** Its settlements that stand, or may yet. */
export const settlementsOfStay = query<
  { stay: string },
  Pick<SettlementTables['settlements'], 'id' | 'state' | 'setting'>
>(
  'stay.settlements',
  (db, arg) =>
    db
      .selectFrom('settlements')
      .select(['id', 'state', 'setting'])
      .where('stay_id', '=', arg('stay'))
      .where('state', 'not in', ['failed', 'reversed']),
  { hot: true },
);

// History

export const insertStayHistory = insertion('stay.historyInsert', 'stay_history', [
  'stay_id',
  'seq',
  'at',
  'from_state',
  'to_state',
  'event',
  'act',
  'by_client',
  'cause_code',
  'request',
  'content',
  'note',
]);

export const lastStayHistory = query<{ stay: string }, { seq: number }>(
  'stay.historyLast',
  (db, arg) =>
    db
      .selectFrom('stay_history')
      .select('seq')
      .where('stay_id', '=', arg('stay'))
      .orderBy('seq', 'desc')
      .limit(1),
  { hot: true },
);

export const stayHistory = query<{ stay: string; limit: number }, Omit<StayHistoryRow, 'content'>>(
  'stay.history',
  (db, arg) =>
    db
      .selectFrom('stay_history')
      .select([
        'stay_id',
        'seq',
        'at',
        'from_state',
        'to_state',
        'event',
        'act',
        'by_client',
        'cause_code',
        'request',
        'note',
      ])
      .where('stay_id', '=', arg('stay'))
      .orderBy('seq', 'desc')
      .limit(arg('limit')),
);

export const stayRequest = query<{ stay: string; request: string }, { seq: number }>(
  'stay.request',
  (db, arg) =>
    db
      .selectFrom('stay_history')
      .select('seq')
      .where('stay_id', '=', arg('stay'))
      .where('request', '=', arg('request')),
  { hot: true },
);

export const actContent = query<{ stay: string; seq: number }, Pick<StayHistoryRow, 'content'>>(
  'stay.actContent',
  (db, arg) =>
    db
      .selectFrom('stay_history')
      .select('content')
      .where('stay_id', '=', arg('stay'))
      .where('seq', '=', arg('seq')),
  { hot: true },
);

export const forgetContent = query<{ stay: string; seq: number }>(
  'stay.forgetContent',
  (db, arg) =>
    db
      .updateTable('stay_history')
      .set({ content: null })
      .where('stay_id', '=', arg('stay'))
      .where('seq', '=', arg('seq')),
  { hot: true },
);

// Exchanges

export const insertStayExchange = insertion('stay.exchangeInsert', 'stay_exchanges', [
  'stay_id',
  'exchange_id',
]);
