import { sql } from 'kysely';
import { insertion, query } from '../../../store/query.ts';
import type { FhirTables } from '../tables.ts';

export type SubscriptionRow = FhirTables['fhir_subscriptions'];
export type NotificationRow = FhirTables['fhir_notifications'];

export const insertSubscription = insertion('fhir.insertSubscription', 'fhir_subscriptions', [
  'id',
  'client',
  'status',
  'topic',
  'content',
  'events',
  'delivered',
  'attempts',
  'due_at',
  'error',
  'version',
  'created_at',
  'updated_at',
]);

export const subscriptionById = query<{ id: string }, SubscriptionRow>(
  'fhir.subscriptionById',
  (db, arg) => db.selectFrom('fhir_subscriptions').selectAll().where('id', '=', arg('id')),
  { hot: true },
);

/** All there are: their number is limited, and each change of a referral looks through them. */
export const allSubscriptions = query<object, SubscriptionRow>('fhir.allSubscriptions', (db) =>
  db.selectFrom('fhir_subscriptions').selectAll().orderBy('id'),
);

export const deleteSubscription = query<{ id: string; client: string }>(
  'fhir.deleteSubscription',
  (db, arg) =>
    db.deleteFrom('fhir_subscriptions').where('id', '=', arg('id')).where('client', '=', arg('client')),
);

/** The number of one more event. An active subscription is due at once, one in error only counts. */
export const countEvent = query<{ id: string; now: number }, { events: number }>(
  'fhir.countEvent',
  (db, arg) =>
    db
      .updateTable('fhir_subscriptions')
      .set((eb) => ({
        events: eb('events', '+', 1),
        due_at: eb
          .case()
          .when(eb.and([eb('status', '=', 'active'), eb('attempts', '=', 0)]))
          .then(arg('now'))
          .else(eb.ref('due_at'))
          .end(),
      }))
      .where('id', '=', arg('id'))
      .returning('events'),
  { hot: true },
);

export const insertNotification = insertion('fhir.insertNotification', 'fhir_notifications', [
  'subscription_id',
  'number',
  'referral_id',
  'at',
]);

export const notificationsBetween = query<
  { subscription_id: string; after: number; until: number; limit: number },
  NotificationRow
>(
  'fhir.notificationsBetween',
  (db, arg) =>
    db
      .selectFrom('fhir_notifications')
      .selectAll()
      .where('subscription_id', '=', arg('subscription_id'))
      .where('number', '>', arg('after'))
      .where('number', '<=', arg('until'))
      .orderBy('number')
      .limit(arg('limit')),
  { hot: true },
);

export const dueSubscriptions = query<{ now: number; limit: number }, SubscriptionRow>(
  'fhir.dueSubscriptions',
  (db, arg) =>
    db
      .selectFrom('fhir_subscriptions')
      .selectAll()
      .where('due_at', 'is not', null)
      .where('due_at', '<=', arg('now'))
      .orderBy('due_at')
      .orderBy('id')
      .limit(arg('limit')),
  { hot: true },
);

/** Takes a due subscription to work on it; changes no row where another gateway was first. */
export const leaseSubscription = query<{ id: string; due_at: number; until: number }>(
  'fhir.leaseSubscription',
  (db, arg) =>
    db
      .updateTable('fhir_subscriptions')
      .set({ due_at: arg('until') })
      .where('id', '=', arg('id'))
      .where('due_at', '=', arg('due_at')),
);

/** PostgreSQL takes an argument within a case for text unless it is told. */
const whole = (value: number | null) => sql<number | null>`cast(${value} as bigint)`;

/** What came of a call. Events that came meanwhile, or are left, make it due at once; else the next heartbeat does. */
export const recordCall = query<{
  id: string;
  status: SubscriptionRow['status'];
  delivered: number;
  now: number;
  next: number | null;
}>('fhir.recordCall', (db, arg) =>
  db
    .updateTable('fhir_subscriptions')
    .set((eb) => ({
      status: arg('status'),
      delivered: arg('delivered'),
      attempts: 0,
      error: null,
      due_at: eb
        .case()
        .when('events', '>', arg('delivered'))
        .then(whole(arg('now')))
        .else(whole(arg('next')))
        .end(),
      version: eb('version', '+', 1),
      updated_at: arg('now'),
    }))
    .where('id', '=', arg('id'))
    .where('status', 'in', ['requested', 'active']),
);

export const recordFailure = query<{
  id: string;
  status: SubscriptionRow['status'];
  error: string;
  due_at: number | null;
  now: number;
}>('fhir.recordFailure', (db, arg) =>
  db
    .updateTable('fhir_subscriptions')
    .set((eb) => ({
      status: arg('status'),
      error: arg('error'),
      attempts: eb('attempts', '+', 1),
      due_at: arg('due_at'),
      version: eb('version', '+', 1),
      updated_at: arg('now'),
    }))
    .where('id', '=', arg('id'))
    .where('status', 'in', ['requested', 'active']),
);

/** The subscriber's own word: what it says now counts, from the handshake on. */
export const renewSubscription = query<
  Pick<SubscriptionRow, 'id' | 'client' | 'status' | 'topic' | 'content' | 'version'> & {
    due_at: number | null;
    now: number;
  }
>('fhir.renewSubscription', (db, arg) =>
  db
    .updateTable('fhir_subscriptions')
    .set((eb) => ({
      status: arg('status'),
      topic: arg('topic'),
      content: arg('content'),
      attempts: 0,
      error: null,
      due_at: arg('due_at'),
      version: eb('version', '+', 1),
      updated_at: arg('now'),
    }))
    .where('id', '=', arg('id'))
    .where('client', '=', arg('client'))
    .where('version', '=', arg('version')),
);

export const expireNotifications = query<{ before: number }>('fhir.expireNotifications', (db, arg) =>
  db.deleteFrom('fhir_notifications').where('at', '<', arg('before')),
);
