import { query } from '../store/query.ts';
import { QUEUED } from './queries.ts';
import type { DeliveryTables } from './tables.ts';

export type LinkRow = DeliveryTables['links'];

export const linkRow = query<{ organisation: string }, LinkRow>('link.row', (db, arg) =>
  db.selectFrom('links').selectAll().where('organisation', '=', arg('organisation')),
);

export const allLinks = query<object, LinkRow>('link.all', (db) =>
  db.selectFrom('links').selectAll().orderBy('organisation'),
);

/** The start of an outage, for whoever notes it first: one row changed. */
export const linkDown = query<{ organisation: string; now: number; last_error: string | null }>(
  'link.down',
  (db, arg) =>
    db
      .insertInto('links')
      .values({
        organisation: arg('organisation'),
        state: 'down',
        since: arg('now'),
        last_heard_at: null,
        last_receipt_at: null,
        last_error: arg('last_error'),
        last_error_at: arg('now'),
      })
      .onConflict((oc) =>
        oc
          .column('organisation')
          .doUpdateSet((eb) => ({
            state: eb.ref('excluded.state'),
            since: eb.ref('excluded.since'),
            last_error: eb.ref('excluded.last_error'),
            last_error_at: eb.ref('excluded.last_error_at'),
          }))
          .where('links.state', '=', 'up'),
      ),
);

/** The end of an outage, for whoever notes it first: one row changed. */
export const linkUp = query<{ organisation: string; now: number }>('link.up', (db, arg) =>
  db
    .updateTable('links')
    .set({ state: 'up', since: arg('now') })
    .where('organisation', '=', arg('organisation'))
    .where('state', '=', 'down'),
);

/** What was heard of a link since it was last written down. */
export const noteLink = query<{
  organisation: string;
  now: number;
  heard_at: number | null;
  receipt_at: number | null;
  last_error: string | null;
  error_at: number | null;
}>('link.note', (db, arg) =>
  db
    .insertInto('links')
    .values({
      organisation: arg('organisation'),
      state: 'up',
      since: arg('now'),
      last_heard_at: arg('heard_at'),
      last_receipt_at: arg('receipt_at'),
      last_error: arg('last_error'),
      last_error_at: arg('error_at'),
    })
    .onConflict((oc) =>
      oc.column('organisation').doUpdateSet((eb) => ({
        last_heard_at: eb.fn.coalesce('excluded.last_heard_at', 'links.last_heard_at'),
        last_receipt_at: eb.fn.coalesce('excluded.last_receipt_at', 'links.last_receipt_at'),
        last_error: eb.fn.coalesce('excluded.last_error', 'links.last_error'),
        last_error_at: eb.fn.coalesce('excluded.last_error_at', 'links.last_error_at'),
      })),
    ),
);

/** How much waits for each organisation, and since when. */
export const queueLengths = query<
  object,
  { organisation: string; count: number | string; oldest: number | string }
>('link.queues', (db) =>
  db
    .selectFrom('deliveries')
    .select(({ fn }) => ['organisation', fn.countAll().as('count'), fn.min('created_at').as('oldest')])
    .where('state', '=', QUEUED)
    .groupBy('organisation'),
);

/** Lets go of what was handed to one organisation under leases that begin with `held`. */
export const releaseHeldFor = query<{ organisation: string; held: string }>(
  'delivery.releaseHeldFor',
  (db, arg) =>
    db
      .updateTable('deliveries')
      .set({ lease: null, lease_until: 0 })
      .where('organisation', '=', arg('organisation'))
      .where('state', '=', QUEUED)
      .where('lease', 'like', arg('held')),
);
