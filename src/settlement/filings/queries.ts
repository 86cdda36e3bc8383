import { sql } from 'kysely';
import { insertion, query } from '../../store/query.ts';
import type { FilingTables } from './tables.ts';

export type FilingRow = FilingTables['filings'];
export type FilingHistoryRow = FilingTables['filing_history'];

export const insertFiling = insertion('filing.insert', 'filings', [
  'id',
  'client',
  'insurer',
  'kind',
  'person',
  'subject',
  'live',
  'state',
  'doubt_of',
  'version',
  'number',
  'referral_id',
  'filing',
  'exchange',
  'cause_code',
  'cause_reason',
  'next_check_at',
  'running',
  'looks',
  'created_at',
  'updated_at',
]);

export const filingById = query<{ id: string }, FilingRow>(
  'filing.byId',
  (db, arg) => db.selectFrom('filings').selectAll().where('id', '=', arg('id')),
  { hot: true },
);

export const lockFiling = query<{ id: string }, FilingRow>(
  'filing.lock',
  (db, arg, dialect) => {
    const select = db.selectFrom('filings').selectAll().where('id', '=', arg('id'));
    return dialect === 'postgres' ? select.forUpdate() : select;
  },
  { hot: true },
);

/** The columns of a filing that change. */
export type FilingChange = Omit<
  FilingRow,
  'client' | 'insurer' | 'kind' | 'person' | 'subject' | 'referral_id' | 'filing' | 'created_at'
> & { readonly before: number };

export const updateFiling = query<FilingChange>(
  'filing.update',
  (db, arg) =>
    db
      .updateTable('filings')
      .set({
        live: arg('live'),
        state: arg('state'),
        doubt_of: arg('doubt_of'),
        version: arg('version'),
        number: arg('number'),
        exchange: arg('exchange'),
        cause_code: arg('cause_code'),
        cause_reason: arg('cause_reason'),
        next_check_at: arg('next_check_at'),
        running: arg('running'),
        looks: arg('looks'),
        updated_at: arg('updated_at'),
      })
      .where('id', '=', arg('id'))
      .where('version', '=', arg('before')),
  { hot: true },
);

/** Names the exchange that acts, in the unit that writes it down, as long as the step under way is still this one. */
export const claimExchange = query<{ id: string; version: number; exchange: string }>(
  'filing.claimExchange',
  (db, arg) =>
    db
      .updateTable('filings')
      .set({ exchange: arg('exchange') })
      .where('id', '=', arg('id'))
      .where('version', '=', arg('version')),
  { hot: true },
);

/** Locks a filing for an exchange of the step that has this version. */
export const fenceFiling = query<{ id: string; version: number }, { id: string }>(
  'filing.fence',
  (db, arg, dialect) => {
    const select = db
      .selectFrom('filings')
      .select('id')
      .where('id', '=', arg('id'))
      .where('version', '=', arg('version'));
    return dialect === 'postgres' ? select.forUpdate() : select;
  },
  { hot: true },
);

/** What waits: leases that have run out, and doubts whose next look is due. */
export const dueFilings = query<{ now: number; limit: number }, { id: string }>('filing.due', (db, arg) =>
  db
    .selectFrom('filings')
    .select('id')
    .where('next_check_at', '<=', arg('now'))
    .orderBy('next_check_at')
    .limit(arg('limit')),
);

export const liveFiling = query<
  Pick<FilingRow, 'insurer' | 'kind' | 'person' | 'subject'>,
  Pick<FilingRow, 'id' | 'state'>
>(
  'filing.live',
  (db, arg) =>
    db
      .selectFrom('filings')
      .select(['id', 'state'])
      .where('insurer', '=', arg('insurer'))
      .where('kind', '=', arg('kind'))
      .where('person', '=', arg('person'))
      .where('subject', '=', arg('subject'))
      .where('live', '=', sql.lit(1)),
  { hot: true },
);

export const filingsByNumber = query<{ number: string; limit: number }, FilingRow>(
  'filing.byNumber',
  (db, arg) =>
    db
      .selectFrom('filings')
      .selectAll()
      .where('number', '=', arg('number'))
      .orderBy('id', 'desc')
      .limit(arg('limit')),
  { hot: true },
);

export const filingsOfReferral = query<{ referral: string; limit: number }, FilingRow>(
  'filing.ofReferral',
  (db, arg) =>
    db
      .selectFrom('filings')
      .selectAll()
      .where('referral_id', '=', arg('referral'))
      .orderBy('id')
      .limit(arg('limit')),
  { hot: true },
);

export const insertFilingHistory = insertion('filing.historyInsert', 'filing_history', [
  'filing_id',
  'version',
  'at',
  'from_state',
  'to_state',
  'event',
  'by_client',
  'cause_code',
  'act',
  'note',
]);

export const filingHistory = query<{ filing: string; limit: number }, FilingHistoryRow>(
  'filing.history',
  (db, arg) =>
    db
      .selectFrom('filing_history')
      .selectAll()
      .where('filing_id', '=', arg('filing'))
      .orderBy('version')
      .limit(arg('limit')),
);

export const filingAct = query<{ filing: string; act: string }, { version: number }>(
  'filing.act',
  (db, arg) =>
    db
      .selectFrom('filing_history')
      .select('version')
      .where('filing_id', '=', arg('filing'))
      .where('act', '=', arg('act')),
  { hot: true },
);
