import { query } from '../../store/query.ts';
import type { InsuredTables } from './tables.ts';

export type ReportRow = InsuredTables['referral_reports'];

/** An insurer is told of a referral once. */
export const insertReport = query<
  Pick<ReportRow, 'referral_id' | 'insurer'> & { problem: string | null; next_at: number | null; now: number }
>(
  'report.insert',
  (db, arg) =>
    db
      .insertInto('referral_reports')
      .values({
        referral_id: arg('referral_id'),
        insurer: arg('insurer'),
        wanted: 'filed',
        round: 1,
        filing_state: null,
        number: null,
        problem: arg('problem'),
        seen: null,
        seen_at: null,
        next_at: arg('next_at'),
        tries: 0,
        lease_until: 0,
        version: 1,
        created_at: arg('now'),
        updated_at: arg('now'),
      })
      .onConflict((conflict) => conflict.columns(['referral_id', 'insurer']).doNothing()),
  { hot: true },
);

/** The referral is over: what was told is to be taken back. Whoever is at it finds the row changed. */
export const wantWithdrawn = query<{ referral_id: string; now: number }>(
  'report.wantWithdrawn',
  (db, arg) =>
    db
      .updateTable('referral_reports')
      .set((eb) => ({
        wanted: 'withdrawn',
        problem: null,
        tries: 0,
        next_at: arg('now'),
        updated_at: arg('now'),
        version: eb('version', '+', 1),
      }))
      .where('referral_id', '=', arg('referral_id'))
      .where('wanted', '=', 'filed'),
  { hot: true },
);

export const reportsOf = query<{ referral_id: string }, ReportRow>(
  'report.of',
  (db, arg) =>
    db
      .selectFrom('referral_reports')
      .selectAll()
      .where('referral_id', '=', arg('referral_id'))
      .orderBy('insurer'),
  { hot: true },
);

/** What there is something to do about; on PostgreSQL passing over what another gateway holds. */
export const dueReports = query<{ now: number; limit: number }, ReportRow>(
  'report.due',
  (db, arg, dialect) => {
    const due = db
      .selectFrom('referral_reports')
      .selectAll()
      .where('next_at', 'is not', null)
      .where('next_at', '<=', arg('now'))
      .where('lease_until', '<=', arg('now'))
      .orderBy('next_at')
      .limit(arg('limit'));
    return dialect === 'postgres' ? due.forUpdate().skipLocked() : due;
  },
  { hot: true },
);

type Changed = Pick<
  ReportRow,
  'round' | 'filing_state' | 'number' | 'problem' | 'seen' | 'seen_at' | 'next_at' | 'tries' | 'lease_until'
>;

/** Compares and sets. */
export const updateReport = query<
  Changed & Pick<ReportRow, 'referral_id' | 'insurer' | 'version'> & { now: number }
>('report.update', (db, arg) =>
  db
    .updateTable('referral_reports')
    .set((eb) => ({
      round: arg('round'),
      filing_state: arg('filing_state'),
      number: arg('number'),
      problem: arg('problem'),
      seen: arg('seen'),
      seen_at: arg('seen_at'),
      next_at: arg('next_at'),
      tries: arg('tries'),
      lease_until: arg('lease_until'),
      updated_at: arg('now'),
      version: eb('version', '+', 1),
    }))
    .where('referral_id', '=', arg('referral_id'))
    .where('insurer', '=', arg('insurer'))
    .where('version', '=', arg('version')),
);

/** After the referral side has changed what is wanted while a step ran: the step's lease alone ends. */
export const releaseReport = query<Pick<ReportRow, 'referral_id' | 'insurer'>>('report.release', (db, arg) =>
  db
    .updateTable('referral_reports')
    .set({ lease_until: 0 })
    .where('referral_id', '=', arg('referral_id'))
    .where('insurer', '=', arg('insurer')),
);
