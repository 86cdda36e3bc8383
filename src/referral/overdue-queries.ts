import { query } from '../store/query.ts';
import type { ReferralRow } from './queries.ts';

/** What fell due and is not marked yet, oldest first. */
export const dueReferrals = query<{ now: number; limit: number }, ReferralRow>('referral.due', (db, arg) =>
  db
    .selectFrom('referrals')
    .selectAll()
    .where((eb) =>
      eb.or([
        eb.and([eb('due_at', '<=', arg('now')), eb('overdue', '=', 0)]),
        eb.and([eb('consent_due_at', '<=', arg('now')), eb('consent_overdue', '=', 0)]),
      ]),
    )
    .orderBy('id')
    .limit(arg('limit')),
);

export const markOverdue = query<
  Pick<ReferralRow, 'id' | 'version' | 'overdue' | 'consent_overdue'> & {
    was_overdue: ReferralRow['overdue'];
    consent_was_overdue: ReferralRow['consent_overdue'];
  }
>('referral.markOverdue', (db, arg) =>
  db
    .updateTable('referrals')
    .set({ overdue: arg('overdue'), consent_overdue: arg('consent_overdue') })
    .where('id', '=', arg('id'))
    .where('version', '=', arg('version'))
    .where('overdue', '=', arg('was_overdue'))
    .where('consent_overdue', '=', arg('consent_was_overdue')),
);
