import { query } from '../../store/query.ts';
import type { EventRow, ReferralRow } from '../queries.ts';

/** A person's referrals to this institution, newest first. */
export const referralsTo = query<{ person: string; limit: number }, ReferralRow>(
  'visit.referralsTo',
  (db, arg) =>
    db
      .selectFrom('referrals')
      .selectAll()
      .where('person', '=', arg('person'))
      .where('role', '=', 'recipient')
      .orderBy('id', 'desc')
      .limit(arg('limit')),
  { hot: true },
);

/** What decides how long a referral holds, oldest first. */
export const courseOf = query<{ referral_id: string; limit: number }, EventRow>(
  'visit.courseOf',
  (db, arg) =>
    db
      .selectFrom('referral_events')
      .selectAll()
      .where('referral_id', '=', arg('referral_id'))
      .where('outcome', '!=', 'ignored')
      .where('type', 'in', ['send', 'schedule', 'reschedule', 'cancel-appointment', 'arrive', 'complete'])
      .orderBy('number')
      .limit(arg('limit')),
  { hot: true },
);

/** The cases of a person here, the newest first. */
export const casesOfPerson = query<{ person: string; limit: number }, Pick<ReferralRow, 'correlation_id'>>(
  'referral.casesOfPerson',
  (db, arg) =>
    db
      .selectFrom('referrals')
      .select('correlation_id')
      .where('person', '=', arg('person'))
      .orderBy('id', 'desc')
      .limit(arg('limit')),
);
