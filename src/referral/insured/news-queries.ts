import { query } from '../../store/query.ts';
import type { InsuredTables } from './tables.ts';

export type FilingRow = InsuredTables['referral_filings'];

/** What the other end told of its filings of a case. */
export const filingToldOf = query<Pick<FilingRow, 'peer' | 'case_id'>, FilingRow>(
  'filingTold.of',
  (db, arg) =>
    db
      .selectFrom('referral_filings')
      .selectAll()
      .where('peer', '=', arg('peer'))
      .where('case_id', '=', arg('case_id'))
      .orderBy('insurer'),
  { hot: true },
);

export const putFiling = query<FilingRow>('filingTold.put', (db, arg) => {
  const said = { revision: arg('revision'), number: arg('number'), told_at: arg('told_at') };
  return db
    .insertInto('referral_filings')
    .values({ peer: arg('peer'), case_id: arg('case_id'), insurer: arg('insurer'), ...said })
    .onConflict((conflict) => conflict.columns(['peer', 'case_id', 'insurer']).doUpdateSet(said));
});
