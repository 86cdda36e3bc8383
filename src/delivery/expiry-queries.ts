import { query } from '../store/query.ts';
import { type DeliveryRow, QUEUED } from './queries.ts';

/** What nobody is sending and whose time is over, whatever it waits for. */
export const expiredDeliveries = query<{ now: number; limit: number }, DeliveryRow>(
  'delivery.expired',
  (db, arg) =>
    db
      .selectFrom('deliveries')
      .selectAll()
      .where('state', '=', QUEUED)
      .where('expires_at', '<=', arg('now'))
      .where('lease_until', '<=', arg('now'))
      .orderBy('expires_at')
      .limit(arg('limit')),
  { hot: true },
);

/** Gives up what nobody is sending. */
export const expireDelivery = query<{ id: string; last_error: string; reason: string; now: number }>(
  'delivery.expire',
  (db, arg) =>
    db
      .updateTable('deliveries')
      .set({
        state: 'dead',
        last_error: arg('last_error'),
        reason: arg('reason'),
        lease: null,
        lease_until: 0,
        updated_at: arg('now'),
      })
      .where('id', '=', arg('id'))
      .where('state', '=', QUEUED)
      .where('lease_until', '<=', arg('now')),
);
