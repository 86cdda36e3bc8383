import { query } from '../../store/query.ts';
import type { ReferralRow } from '../queries.ts';

/** Referrals that changed within a time, in the order of their changes, after a place in that order. */
export const changedReferrals = query<
  { from: number; to: number; after_at: number; after_id: string; limit: number },
  ReferralRow
>('forms.changedReferrals', (db, arg) =>
  db
    .selectFrom('referrals')
    .selectAll()
    .where('updated_at', '>=', arg('from'))
    .where('updated_at', '<', arg('to'))
    .where(({ or, and, eb }) =>
      or([
        eb('updated_at', '>', arg('after_at')),
        and([eb('updated_at', '=', arg('after_at')), eb('id', '>', arg('after_id'))]),
      ]),
    )
    .orderBy('updated_at')
    .orderBy('id')
    .limit(arg('limit')),
);
