import { insertion, query } from '../store/query.ts';
import type { EventType } from './machine.ts';
import type { ReferralTables } from './tables.ts';

export type ReferralRow = ReferralTables['referrals'];
export type EventRow = ReferralTables['referral_events'];

export const insertReferral = insertion('referral.insert', 'referrals', [
  'id',
  'case_id',
  'correlation_id',
  'role',
  'peer',
  'direction',
  'priority',
  'state',
  'closed',
  'confirmed',
  'confirmed_before',
  'own_seq',
  'peer_seq',
  'seen',
  'received_at',
  'event_count',
  'version',
  'body',
  'person',
  'channel',
  'retro',
  'based_on',
  'relation',
  'name_differs',
  'amend_until',
  'consent_due_at',
  'consent_overdue',
  'due_for',
  'due_at',
  'overdue',
  'reminded_at',
  'claim',
  'review',
  'review_act',
  'held',
  'created_at',
  'updated_at',
]);

export const referralById = query<{ id: string }, ReferralRow>(
  'referral.byId',
  (db, arg) => db.selectFrom('referrals').selectAll().where('id', '=', arg('id')),
  { hot: true },
);

/**
 * The same, to be changed within a unit: on PostgreSQL the row is locked, so that what else the unit reads of the
 * case is of one moment. Compare and set would only notice at the end.
 */
export const referralToChange = query<{ id: string }, ReferralRow>(
  'referral.toChange',
  (db, arg, dialect) => {
    const row = db.selectFrom('referrals').selectAll().where('id', '=', arg('id'));
    return dialect === 'postgres' ? row.forUpdate() : row;
  },
  { hot: true },
);

/** The newest referral of a person here: its name is compared with that of the next. */
export const newestOf = query<{ person: string }, Pick<ReferralRow, 'id' | 'body'>>(
  'referral.newestOf',
  (db, arg) =>
    db
      .selectFrom('referrals')
      .select(['id', 'body'])
      .where('person', '=', arg('person'))
      .orderBy('id', 'desc')
      .limit(1),
  { hot: true },
);

/** All referrals of one case across its levels of care, oldest first. */
export const linkedReferrals = query<{ correlation_id: string; limit: number }, ReferralRow>(
  'referral.linked',
  (db, arg) =>
    db
      .selectFrom('referrals')
      .selectAll()
      .where('correlation_id', '=', arg('correlation_id'))
      .orderBy('id')
      .limit(arg('limit')),
  { hot: true },
);

export const caseToChange = query<Pick<ReferralRow, 'peer' | 'case_id' | 'role'>, ReferralRow>(
  'referral.caseToChange',
  (db, arg, dialect) => {
    const row = db
      .selectFrom('referrals')
      .selectAll()
      .where('peer', '=', arg('peer'))
      .where('case_id', '=', arg('case_id'))
      .where('role', '=', arg('role'));
    return dialect === 'postgres' ? row.forUpdate() : row;
  },
  { hot: true },
);

type Changed = Pick<
  ReferralRow,
  | 'state'
  | 'closed'
  | 'confirmed'
  | 'confirmed_before'
  | 'own_seq'
  | 'peer_seq'
  | 'seen'
  | 'received_at'
  | 'event_count'
  | 'body'
  | 'consent_due_at'
  | 'consent_overdue'
  | 'due_for'
  | 'due_at'
  | 'overdue'
  | 'reminded_at'
  | 'claim'
  | 'review'
  | 'review_act'
  | 'held'
  | 'updated_at'
>;

/** Compares and sets: changes no row when another gateway was first. */
export const updateReferral = query<Changed & { id: string; version: number }>(
  'referral.update',
  (db, arg) =>
    db
      .updateTable('referrals')
      .set((eb) => ({
        state: arg('state'),
        closed: arg('closed'),
        confirmed: arg('confirmed'),
        confirmed_before: arg('confirmed_before'),
        own_seq: arg('own_seq'),
        peer_seq: arg('peer_seq'),
        seen: arg('seen'),
        received_at: arg('received_at'),
        event_count: arg('event_count'),
        body: arg('body'),
        consent_due_at: arg('consent_due_at'),
        consent_overdue: arg('consent_overdue'),
        due_for: arg('due_for'),
        due_at: arg('due_at'),
        overdue: arg('overdue'),
        reminded_at: arg('reminded_at'),
        claim: arg('claim'),
        review: arg('review'),
        review_act: arg('review_act'),
        held: arg('held'),
        updated_at: arg('updated_at'),
        version: eb('version', '+', 1),
      }))
      .where('id', '=', arg('id'))
      .where('version', '=', arg('version')),
  { hot: true },
);

export const insertEvent = insertion('referral.insertEvent', 'referral_events', [
  'id',
  'referral_id',
  'number',
  'who',
  'type',
  'detail',
  'seq',
  'from_state',
  'to_state',
  'transition_id',
  'outcome',
  'message_id',
  'delivery',
  'content',
  'at',
  'recorded_at',
]);

export const eventById = query<{ id: string }, EventRow>(
  'referral.eventById',
  (db, arg) => db.selectFrom('referral_events').selectAll().where('id', '=', arg('id')),
  { hot: true },
);

export const eventBySeq = query<{ referral_id: string; who: EventRow['who']; seq: number }, EventRow>(
  'referral.eventBySeq',
  (db, arg) =>
    db
      .selectFrom('referral_events')
      .selectAll()
      .where('referral_id', '=', arg('referral_id'))
      .where('who', '=', arg('who'))
      .where('seq', '=', arg('seq')),
  { hot: true },
);

export const eventByMessage = query<{ message_id: string }, EventRow>(
  'referral.eventByMessage',
  (db, arg) =>
    db
      .selectFrom('referral_events')
      .selectAll()
      .where('message_id', '=', arg('message_id'))
      .where('delivery', 'is not', null),
  { hot: true },
);

/** The initiator's events that the recipient has not confirmed yet. */
export const pendingEvents = query<
  { referral_id: string; seen: number },
  { seq: number; type: EventType; detail: EventRow['detail'] }
>(
  'referral.pendingEvents',
  (db, arg) =>
    db
      .selectFrom('referral_events')
      .select((eb) => [
        eb.ref('seq').$castTo<number>().as('seq'),
        // Entries of a review have no number.
        eb.ref('type').$castTo<EventType>().as('type'),
        'detail',
      ])
      .where('referral_id', '=', arg('referral_id'))
      .where('who', '=', 'initiator')
      .where('seq', '>', arg('seen'))
      .orderBy('seq'),
  { hot: true },
);

export const settleEvent = query<
  Pick<EventRow, 'referral_id' | 'who' | 'from_state' | 'to_state' | 'transition_id' | 'outcome'> & {
    seq: number;
  }
>('referral.settleEvent', (db, arg) =>
  db
    .updateTable('referral_events')
    .set({
      from_state: arg('from_state'),
      to_state: arg('to_state'),
      transition_id: arg('transition_id'),
      outcome: arg('outcome'),
    })
    .where('referral_id', '=', arg('referral_id'))
    .where('who', '=', arg('who'))
    .where('seq', '=', arg('seq')),
);

export const markEventDelivery = query<{ id: string; delivery: 'delivered' | 'dead' }>(
  'referral.markEventDelivery',
  (db, arg) =>
    db
      .updateTable('referral_events')
      .set({ delivery: arg('delivery') })
      .where('id', '=', arg('id'))
      .where('delivery', '!=', 'delivered'),
);

export const historyPage = query<{ referral_id: string; after: number; limit: number }, EventRow>(
  'referral.historyPage',
  (db, arg) =>
    db
      .selectFrom('referral_events')
      .selectAll()
      .where('referral_id', '=', arg('referral_id'))
      .where('number', '>', arg('after'))
      .orderBy('number')
      .limit(arg('limit')),
);

/** The latest events whose content a referral shows: its appointment, its outcome, the reason of its end. */
export const telling = query<{ referral_id: string; limit: number }, EventRow>(
  'referral.telling',
  (db, arg) =>
    db
      .selectFrom('referral_events')
      .selectAll()
      .where('referral_id', '=', arg('referral_id'))
      .where('outcome', '=', 'applied')
      .where('type', 'in', ['schedule', 'reschedule', 'cancel-appointment', 'complete', 'decline'])
      .orderBy('number', 'desc')
      .limit(arg('limit')),
);
