import { sql } from 'kysely';
import { insertion, query } from '../store/query.ts';
import type { SettlementTables } from './tables.ts';

export type SettlementRow = SettlementTables['settlements'];
export type LegRow = SettlementTables['legs'];
export type HistoryRow = SettlementTables['settlement_history'];

// Settlements: a unit that changes one locks its row first, so that the next waits and sees the change.

export const insertSettlement = insertion('settlement.insert', 'settlements', [
  'id',
  'client',
  'bill_number',
  'person',
  'state',
  'doubt_of',
  'attempt',
  'version',
  'setting',
  'stay_id',
  'referral_source',
  'leg',
  'goal',
  'way',
  'bill',
  'total_fen',
  'fund_fen',
  'account_fen',
  'paid_fen',
  'cash_fen',
  'cause_code',
  'cause_reason',
  'failure_code',
  'failure_reason',
  'asked_at',
  'next_check_at',
  'tries',
  'undecided',
  'runner',
  'created_at',
  'updated_at',
]);

export const settlementById = query<{ id: string }, SettlementRow>(
  'settlement.byId',
  (db, arg) => db.selectFrom('settlements').selectAll().where('id', '=', arg('id')),
  { hot: true },
);

export const lockSettlement = query<{ id: string }, SettlementRow>(
  'settlement.lock',
  (db, arg, dialect) => {
    const select = db.selectFrom('settlements').selectAll().where('id', '=', arg('id'));
    return dialect === 'postgres' ? select.forUpdate() : select;
  },
  { hot: true },
);

/** Locks a settlement for an exchange of the step that has this version. */
export const fenceSettlement = query<{ id: string; version: number }, { id: string }>(
  'settlement.fence',
  (db, arg, dialect) => {
    const select = db
      .selectFrom('settlements')
      .select('id')
      .where('id', '=', arg('id'))
      .where('version', '=', arg('version'));
    return dialect === 'postgres' ? select.forUpdate() : select;
  },
  { hot: true },
);

/** The columns of a settlement that change. */
export type SettlementChange = Omit<
  SettlementRow,
  'client' | 'bill_number' | 'person' | 'bill' | 'setting' | 'stay_id' | 'total_fen' | 'created_at'
> & { readonly before: number };

export const updateSettlement = query<SettlementChange>(
  'settlement.update',
  (db, arg) =>
    db
      .updateTable('settlements')
      .set({
        state: arg('state'),
        doubt_of: arg('doubt_of'),
        attempt: arg('attempt'),
        version: arg('version'),
        leg: arg('leg'),
        goal: arg('goal'),
        way: arg('way'),
        fund_fen: arg('fund_fen'),
        account_fen: arg('account_fen'),
        paid_fen: arg('paid_fen'),
        cash_fen: arg('cash_fen'),
        cause_code: arg('cause_code'),
        cause_reason: arg('cause_reason'),
        failure_code: arg('failure_code'),
        failure_reason: arg('failure_reason'),
        asked_at: arg('asked_at'),
        next_check_at: arg('next_check_at'),
        tries: arg('tries'),
        undecided: arg('undecided'),
        runner: arg('runner'),
        updated_at: arg('updated_at'),
      })
      .where('id', '=', arg('id'))
      .where('version', '=', arg('before')),
  { hot: true },
);

/** A person's settlements, newest first. */
export const settlementsOfPerson = query<{ person: string; after: string; limit: number }, SettlementRow>(
  'settlement.ofPerson',
  (db, arg) =>
    db
      .selectFrom('settlements')
      .selectAll()
      .where('person', '=', arg('person'))
      .where('id', '<', arg('after'))
      .orderBy('id', 'desc')
      .limit(arg('limit')),
  { hot: true },
);

// Work that waits: leases that have run out, and doubts whose next try is due.

export const dueSettlements = query<{ now: number; limit: number }, SettlementRow>(
  'settlement.due',
  (db, arg, dialect) => {
    const select = db
      .selectFrom('settlements')
      .selectAll()
      .where('next_check_at', '<=', arg('now'))
      .orderBy('next_check_at')
      .limit(arg('limit'));
    return dialect === 'postgres' ? select.forUpdate().skipLocked() : select;
  },
  { hot: true },
);

/** When the next lease or doubt is due. */
export const nextCheck = query<object, { next_check_at: number }>(
  'settlement.nextCheck',
  (db) =>
    db
      .selectFrom('settlements')
      .select((row) => row.ref('next_check_at').$notNull().as('next_check_at'))
      .where('next_check_at', 'is not', null)
      .orderBy('next_check_at')
      .limit(1),
  { hot: true },
);

/** What an earlier run of this gateway left behind is due at once: that run is certainly dead. */
export const releaseDeadRuns = query<{ gateway: string; length: number; runner: string; now: number }>(
  'settlement.releaseDeadRuns',
  (db, arg) =>
    db
      .updateTable('settlements')
      .set({ next_check_at: arg('now') })
      .where('next_check_at', 'is not', null)
      // Not LIKE, to which the underscore of one gateway's name is any letter of another's.
      .where((row) => sql`substr(${row.ref('runner')}, 1, ${arg('length')})`, '=', arg('gateway'))
      .where('runner', '<>', arg('runner')),
);

// History

export const insertHistory = insertion('settlement.historyInsert', 'settlement_history', [
  'settlement_id',
  'seq',
  'at',
  'from_state',
  'to_state',
  'event',
  'by_client',
  'cause_code',
  'act',
  'note',
]);

export const lastHistory = query<{ settlement: string }, { seq: number }>(
  'settlement.historyLast',
  (db, arg) =>
    db
      .selectFrom('settlement_history')
      .select('seq')
      .where('settlement_id', '=', arg('settlement'))
      .orderBy('seq', 'desc')
      .limit(1),
  { hot: true },
);

export const historyOf = query<{ settlement: string; limit: number }, HistoryRow>(
  'settlement.history',
  (db, arg) =>
    db
      .selectFrom('settlement_history')
      .selectAll()
      .where('settlement_id', '=', arg('settlement'))
      .orderBy('seq')
      .limit(arg('limit')),
);

export const actOf = query<{ settlement: string; act: string }, { seq: number }>(
  'settlement.act',
  (db, arg) =>
    db
      .selectFrom('settlement_history')
      .select('seq')
      .where('settlement_id', '=', arg('settlement'))
      .where('act', '=', arg('act')),
  { hot: true },
);
