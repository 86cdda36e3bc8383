import { sql } from 'kysely';
import { insertion, query } from '../../store/query.ts';
import type { LogRow } from '../queries.ts';
import type { EventTables } from '../tables.ts';

export type WebhookRow = EventTables['webhooks'];
export type CallRow = EventTables['webhook_deliveries'];
export type AttemptRow = EventTables['webhook_attempts'];

/** Written into the text, since a partial index is only used when its condition is a literal. */
const QUEUED = sql<'queued'>`'queued'`;

export const insertWebhook = insertion('webhook.insert', 'webhooks', [
  'id',
  'client',
  'url',
  'types',
  'secret',
  'state',
  'cause',
  'resume_at',
  'created_at',
  'updated_at',
]);

export const webhookById = query<{ id: string }, WebhookRow>(
  'webhook.byId',
  (db, arg) => db.selectFrom('webhooks').selectAll().where('id', '=', arg('id')),
  { hot: true },
);

export const webhooksIn = query<{ state: WebhookRow['state'] }, WebhookRow>(
  'webhook.in',
  (db, arg) => db.selectFrom('webhooks').selectAll().where('state', '=', arg('state')).orderBy('id'),
  { hot: true },
);

/** A client's webhooks, oldest first. */
export const webhooksOf = query<{ client: string; limit: number }, WebhookRow>('webhook.of', (db, arg) =>
  db
    .selectFrom('webhooks')
    .selectAll()
    .where('client', '=', arg('client'))
    .where('state', '!=', 'deleted')
    .orderBy('id')
    .limit(arg('limit')),
);

export const setWebhook = query<Pick<WebhookRow, 'id' | 'state' | 'cause'> & { now: number }>(
  'webhook.set',
  (db, arg) =>
    db
      .updateTable('webhooks')
      .set({ state: arg('state'), cause: arg('cause'), resume_at: 0, updated_at: arg('now') })
      .where('id', '=', arg('id'))
      .where('state', '!=', 'deleted'),
);

/** Leaves a webhook alone for a while; never for less long than it asked before. */
export const pauseWebhook = query<{ id: string; resume_at: number }>('webhook.pause', (db, arg) =>
  db
    .updateTable('webhooks')
    .set({ resume_at: arg('resume_at') })
    .where('id', '=', arg('id'))
    .where('resume_at', '<', arg('resume_at')),
);

export const insertCall = insertion('webhook.insertCall', 'webhook_deliveries', [
  'id',
  'webhook_id',
  'event_id',
  'seq',
  'at',
  'type',
  'subject',
  'data',
  'state',
  'attempts',
  'next_at',
  'lease',
  'lease_until',
  'replayed',
  'created_at',
  'updated_at',
]);

export const callById = query<{ id: string }, CallRow>(
  'webhook.callById',
  (db, arg) => db.selectFrom('webhook_deliveries').selectAll().where('id', '=', arg('id')),
  { hot: true },
);

/** How many wait for a webhook, counted no further than `limit`. */
export const waitingCalls = query<{ webhook_id: string; limit: number }, { count: number }>(
  'webhook.waiting',
  (db, arg) =>
    db
      .selectFrom((eb) =>
        eb
          .selectFrom('webhook_deliveries')
          .select('webhook_id')
          .where('state', '=', QUEUED)
          .where('webhook_id', '=', arg('webhook_id'))
          .limit(arg('limit'))
          .as('waiting'),
      )
      .select((eb) => eb.fn.countAll<number>().as('count')),
);

/** The webhooks that are to be called now. */
export const dueWebhooks = query<{ now: number }, WebhookRow>(
  'webhook.due',
  (db, arg) =>
    db
      .selectFrom('webhooks')
      .selectAll()
      .where('state', '=', 'active')
      .where('resume_at', '<=', arg('now'))
      .where(({ exists, selectFrom }) =>
        exists(
          selectFrom('webhook_deliveries')
            .select('webhook_deliveries.id')
            .where('webhook_deliveries.state', '=', QUEUED)
            .whereRef('webhook_deliveries.webhook_id', '=', 'webhooks.id')
            .where('next_at', '<=', arg('now'))
            .where('lease_until', '<=', arg('now')),
        ),
      ),
  { hot: true },
);

export const dueCalls = query<{ webhook_id: string; now: number; limit: number }, CallRow>(
  'webhook.dueCalls',
  (db, arg, dialect) => {
    const due = db
      .selectFrom('webhook_deliveries')
      .selectAll()
      .where('state', '=', QUEUED)
      .where('webhook_id', '=', arg('webhook_id'))
      .where('next_at', '<=', arg('now'))
      .where('lease_until', '<=', arg('now'))
      .orderBy('next_at')
      .orderBy('id')
      .limit(arg('limit'));
    return dialect === 'postgres' ? due.forUpdate().skipLocked() : due;
  },
  { hot: true },
);

export const leaseCall = query<{ id: string; lease: string; until: number; now: number }>(
  'webhook.leaseCall',
  (db, arg) =>
    db
      .updateTable('webhook_deliveries')
      .set((eb) => ({ lease: arg('lease'), lease_until: arg('until'), attempts: eb('attempts', '+', 1) }))
      .where('id', '=', arg('id'))
      .where('state', '=', QUEUED)
      .where('lease_until', '<=', arg('now')),
  { hot: true },
);

/** Ends an attempt, unless another gateway has taken over meanwhile. */
export const releaseCall = query<
  Pick<CallRow, 'id' | 'state' | 'next_at' | 'attempts'> & { lease: string; now: number }
>('webhook.releaseCall', (db, arg) =>
  db
    .updateTable('webhook_deliveries')
    .set({
      state: arg('state'),
      next_at: arg('next_at'),
      attempts: arg('attempts'),
      lease: null,
      lease_until: 0,
      updated_at: arg('now'),
    })
    .where('id', '=', arg('id'))
    .where('state', '=', QUEUED)
    .where('lease', '=', arg('lease')),
);

/** Lets go of what an earlier run of this gateway was at when it died. `held` is the beginning of its leases. */
export const releaseHeldCalls = query<{ held: string }>('webhook.releaseHeld', (db, arg) =>
  db
    .updateTable('webhook_deliveries')
    .set({ lease: null, lease_until: 0 })
    .where('state', '=', QUEUED)
    .where('lease', 'like', arg('held')),
);

export const insertAttempt = query<AttemptRow>('webhook.insertAttempt', (db, arg) =>
  db
    .insertInto('webhook_attempts')
    .values({
      delivery_id: arg('delivery_id'),
      number: arg('number'),
      at: arg('at'),
      status: arg('status'),
      error: arg('error'),
      duration_ms: arg('duration_ms'),
    })
    // One that was given back to be done again, and is told twice.
    .onConflict((conflict) => conflict.columns(['delivery_id', 'number']).doNothing()),
);

export const attemptsOf = query<{ delivery_id: string }, AttemptRow>(
  'webhook.attemptsOf',
  (db, arg) =>
    db
      .selectFrom('webhook_attempts')
      .selectAll()
      .where('delivery_id', '=', arg('delivery_id'))
      .orderBy('number')
      .limit(100),
  { hot: true },
);

/** Logged events of a time, oldest first. */
export const loggedBetween = query<{ since: number; until: number; limit: number }, LogRow>(
  'webhook.loggedBetween',
  (db, arg) =>
    db
      .selectFrom('events_log')
      .selectAll()
      .where('at', '>=', arg('since'))
      .where('at', '<', arg('until'))
      .orderBy('at')
      .orderBy('seq')
      .limit(arg('limit')),
  { hot: true },
);

export const expireCalls = query<{ before: number }>('webhook.expireCalls', (db, arg) =>
  db
    .deleteFrom('webhook_deliveries')
    .where('updated_at', '<', arg('before'))
    // What still waits for a webhook that is disabled goes too: its events can be had from the log no longer.
    .where('lease', 'is', null),
);

export const expireAttempts = query<{ before: number }>('webhook.expireAttempts', (db, arg) =>
  db.deleteFrom('webhook_attempts').where('at', '<', arg('before')),
);
