import { insertion, query } from '../../store/query.ts';
import type { ResultTables } from './tables.ts';

export type ResultRow = ResultTables['referral_results'];
type CaseKey = Pick<ResultRow, 'peer' | 'case_id' | 'role'>;
export type ResultKey = CaseKey & Pick<ResultRow, 'origin' | 'number'>;

export const insertResult = insertion('result.insert', 'referral_results', [
  'peer',
  'case_id',
  'role',
  'origin',
  'number',
  'correlation_id',
  'body',
  'recognition',
  'recognised_at',
  'created_at',
]);

export const resultsOfCase = query<CaseKey, ResultRow>(
  'result.ofCase',
  (db, arg) =>
    db
      .selectFrom('referral_results')
      .selectAll()
      .where('peer', '=', arg('peer'))
      .where('case_id', '=', arg('case_id'))
      .where('role', '=', arg('role'))
      .orderBy('origin')
      .orderBy('number'),
  { hot: true },
);

/** Locked on PostgreSQL until the unit ends. */
export const resultToChange = query<ResultKey, ResultRow>(
  'result.toChange',
  (db, arg, dialect) => {
    const row = db
      .selectFrom('referral_results')
      .selectAll()
      .where('peer', '=', arg('peer'))
      .where('case_id', '=', arg('case_id'))
      .where('role', '=', arg('role'))
      .where('origin', '=', arg('origin'))
      .where('number', '=', arg('number'));
    return dialect === 'postgres' ? row.forUpdate() : row;
  },
  { hot: true },
);

export const recogniseResult = query<ResultKey & { recognition: Uint8Array; recognised_at: number }>(
  'result.recognise',
  (db, arg) =>
    db
      .updateTable('referral_results')
      .set({ recognition: arg('recognition'), recognised_at: arg('recognised_at') })
      .where('peer', '=', arg('peer'))
      .where('case_id', '=', arg('case_id'))
      .where('role', '=', arg('role'))
      .where('origin', '=', arg('origin'))
      .where('number', '=', arg('number')),
);
