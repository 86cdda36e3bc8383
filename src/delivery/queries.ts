import { sql } from 'kysely';
import { insertion, query } from '../store/query.ts';
import type { DeliveryTables } from './tables.ts';

export type DeliveryRow = DeliveryTables['deliveries'];

/** Written into the text, since a partial index is only used when its condition is a literal. */
export const QUEUED = sql<'queued'>`'queued'`;

export const insertDelivery = insertion('delivery.insert', 'deliveries', [
  'id',
  'organisation',
  'message_id',
  'type',
  'correlation_id',
  'order_seq',
  'body',
  'state',
  'attempts',
  'next_at',
  'lease',
  'lease_until',
  'last_error',
  'expires_at',
  'receipt_at',
  'replay_of',
  'sender',
  'receiver',
  'via',
  'reached_at',
  'created_at',
  'updated_at',
  'priority',
  'message_at',
  'reason',
]);

export const deliveryById = query<{ id: string }, DeliveryRow>(
  'delivery.byId',
  (db, arg) => db.selectFrom('deliveries').selectAll().where('id', '=', arg('id')),
  { hot: true },
);

/**
 * The next organisation that something is queued for, by its code. Asked again and again instead of for all at once:
 * that would read through every row of a queue that is long because its link is down. SQLite is told the index,
 * since it keeps no statistics and takes the one by state, where it sorts the whole queue each time.
 */
export const queuedOrganisation = query<{ after: string }, { organisation: string }>(
  'delivery.queuedOrganisation',
  (db, arg, dialect) => {
    const by = dialect === 'sqlite' ? sql` indexed by deliveries_due` : sql``;
    const next = sql`select organisation from deliveries${by}
      where state = ${QUEUED} and organisation > ${arg('after')} order by organisation limit 1`;
    return { compile: () => next.compile(db) };
  },
  { hot: true },
);

/** Whether anything is due for an organisation. */
export const isDue = query<{ organisation: string; now: number }, { id: string }>(
  'delivery.isDue',
  (db, arg) =>
    db
      .selectFrom('deliveries')
      .select('id')
      .where('state', '=', QUEUED)
      .where('organisation', '=', arg('organisation'))
      .where('next_at', '<=', arg('now'))
      .where('lease_until', '<=', arg('now'))
      .orderBy('next_at')
      .limit(1),
  { hot: true },
);

/**
 * What is due for one organisation, longest due first, without those that an earlier message of the same case holds
 * up. On PostgreSQL the rows are locked and those that another gateway holds are passed over.
 */
export const dueDeliveries = query<{ organisation: string; now: number; limit: number }, DeliveryRow>(
  'delivery.due',
  (db, arg, dialect) => {
    const due = db
      .selectFrom('deliveries as later')
      .selectAll('later')
      .where('later.state', '=', QUEUED)
      .where('later.organisation', '=', arg('organisation'))
      .where('later.next_at', '<=', arg('now'))
      .where('later.lease_until', '<=', arg('now'))
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('deliveries as earlier')
              .select('earlier.id')
              .where('earlier.state', '=', QUEUED)
              .whereRef('earlier.organisation', '=', 'later.organisation')
              .whereRef('earlier.correlation_id', '=', 'later.correlation_id')
              .whereRef('earlier.order_seq', '<', 'later.order_seq'),
          ),
        ),
      )
      .orderBy('later.next_at')
      .limit(arg('limit'));
    return dialect === 'postgres' ? due.forUpdate().skipLocked() : due;
  },
  { hot: true },
);

export const leaseDelivery = query<{ id: string; lease: string; until: number; now: number }>(
  'delivery.lease',
  (db, arg) =>
    db
      .updateTable('deliveries')
      .set((eb) => ({
        lease: arg('lease'),
        lease_until: arg('until'),
        attempts: eb('attempts', '+', 1),
        updated_at: arg('now'),
      }))
      .where('id', '=', arg('id'))
      .where('state', '=', QUEUED)
      .where('lease_until', '<=', arg('now')),
  { hot: true },
);

/** A receipt is a fact, whoever brings it and however late: it needs no lease. */
export const markDelivered = query<{ id: string; receipt_at: number; now: number }>(
  'delivery.markDelivered',
  (db, arg) =>
    db
      .updateTable('deliveries')
      .set({
        state: 'delivered',
        receipt_at: arg('receipt_at'),
        lease: null,
        lease_until: 0,
        last_error: null,
        reason: null,
        updated_at: arg('now'),
      })
      .where('id', '=', arg('id'))
      .where('state', '!=', 'delivered'),
  { hot: true },
);

/** Lets go of a delivery: to try again at `next_at`, or for good when `state` is dead, for `reason`. */
export const release = query<{
  id: string;
  lease: string;
  state: 'queued' | 'dead';
  next_at: number;
  attempts: number;
  last_error: string | null;
  reason: string | null;
  now: number;
}>('delivery.release', (db, arg) =>
  db
    .updateTable('deliveries')
    .set({
      state: arg('state'),
      next_at: arg('next_at'),
      attempts: arg('attempts'),
      last_error: arg('last_error'),
      reason: arg('reason'),
      lease: null,
      lease_until: 0,
      updated_at: arg('now'),
    })
    .where('id', '=', arg('id'))
    .where('state', '=', QUEUED)
    .where('lease', '=', arg('lease')),
);

/** The delivery that sends a dead one's message again. */
export const replayOf = query<{ id: string }, { id: string }>('delivery.replayOf', (db, arg) =>
  db.selectFrom('deliveries').select('id').where('replay_of', '=', arg('id')),
);

/** Lets go of what an earlier run of this gateway was sending when it died. `held` is the beginning of its leases. */
export const releaseHeld = query<{ held: string }>('delivery.releaseHeld', (db, arg) =>
  db
    .updateTable('deliveries')
    .set({ lease: null, lease_until: 0 })
    .where('state', '=', QUEUED)
    .where('lease', 'like', arg('held')),
);

/** After a link has come back: what waits out its backoff may go now. */
export const hurry = query<{ organisation: string; now: number }>('delivery.hurry', (db, arg) =>
  db
    .updateTable('deliveries')
    .set({ next_at: arg('now') })
    .where('organisation', '=', arg('organisation'))
    .where('state', '=', QUEUED)
    .where('next_at', '>', arg('now')),
);

/** The last delivery of a message: the first one, or the latest that replays it. */
export const newestOfMessage = query<{ message_id: string }, DeliveryRow>(
  'delivery.newestOfMessage',
  (db, arg) =>
    db
      .selectFrom('deliveries')
      .selectAll()
      .where('message_id', '=', arg('message_id'))
      .orderBy('id', 'desc')
      .limit(1),
  { hot: true },
);

/** Its receiver has it, past those that passed it on: whatever was thought of it before. */
export const markReached = query<{ id: string; at: number; now: number }>('delivery.markReached', (db, arg) =>
  db
    .updateTable('deliveries')
    .set((eb) => ({
      state: 'delivered',
      receipt_at: eb.fn.coalesce('receipt_at', eb.val(arg('at'))),
      reached_at: arg('at'),
      lease: null,
      lease_until: 0,
      last_error: null,
      reason: null,
      updated_at: arg('now'),
    }))
    .where('id', '=', arg('id'))
    .where('reached_at', 'is', null),
);

/** It was given up by one that passed it on. */
export const markLost = query<{ id: string; last_error: string; now: number }>(
  'delivery.markLost',
  (db, arg) =>
    db
      .updateTable('deliveries')
      .set({
        state: 'dead',
        last_error: arg('last_error'),
        reason: 'delivery.lost',
        lease: null,
        lease_until: 0,
        updated_at: arg('now'),
      })
      .where('id', '=', arg('id'))
      .where('state', '!=', 'dead')
      .where('reached_at', 'is', null),
);

type Place = Pick<DeliveryRow, 'organisation' | 'receiver' | 'sender' | 'via'>;

/** Where what is queued goes, and how. */
export const queuedPlaces = query<object, Place>('delivery.queuedPlaces', (db) =>
  db
    .selectFrom('deliveries')
    .select(['organisation', 'receiver', 'sender', 'via'])
    .distinct()
    .where('state', '=', QUEUED),
);

/** Sends what waits for one place another way: over the link of `hop`, for `for` where that is somebody else. */
export const moveQueued = query<Place & { hop: string; for: string | null; now: number }>(
  'delivery.moveQueued',
  (db, arg) =>
    db
      .updateTable('deliveries')
      .set({ organisation: arg('hop'), receiver: arg('for'), next_at: arg('now'), updated_at: arg('now') })
      .where('state', '=', QUEUED)
      .where('organisation', '=', arg('organisation'))
      .where('receiver', 'is not distinct from', arg('receiver'))
      .where('sender', 'is not distinct from', arg('sender'))
      .where('via', 'is not distinct from', arg('via')),
);

export const inboxRow = query<{ sender: string; message_id: string }, DeliveryTables['inbox']>(
  'inbox.row',
  (db, arg) =>
    db
      .selectFrom('inbox')
      .selectAll()
      .where('sender', '=', arg('sender'))
      .where('message_id', '=', arg('message_id')),
  { hot: true },
);

export const insertInbox = insertion('inbox.insert', 'inbox', [
  'sender',
  'message_id',
  'hash',
  'received_at',
]);

export const expireInbox = query<{ before: number }>('inbox.expire', (db, arg) =>
  db.deleteFrom('inbox').where('received_at', '<', arg('before')),
);
