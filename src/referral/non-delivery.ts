import type { Referral } from '../../schemas/referral.ts';
import { timestampOf } from '../clock.ts';
import type { Outbox } from '../delivery/port.ts';
import type { Rows } from '../store/port.ts';
import { query } from '../store/query.ts';
import type { EventRow } from './queries.ts';

const undeliveredEvents = query<
  { referral_id: string; limit: number },
  Pick<EventRow, 'id' | 'type' | 'message_id'>
>('referral.undelivered', (db, arg) =>
  db
    .selectFrom('referral_events')
    .select(['id', 'type', 'message_id'])
    .where('referral_id', '=', arg('referral_id'))
    .where('delivery', '=', 'dead')
    .orderBy('number', 'desc')
    .limit(arg('limit')),
);

/** More than can wait to be sent again. */
const TOLD_MAX = 20;

/** What the other side was not told of a referral, the newest first, and why; nothing where all has arrived. */
export async function nonDeliveryOf(
  rows: Rows,
  outbox: Pick<Outbox, 'nonDeliveryOf'>,
  referralId: string,
): Promise<Pick<Referral, 'undelivered' | 'nonDelivery'>> {
  const events = await rows.all(undeliveredEvents, { referral_id: referralId, limit: TOLD_MAX });
  if (events.length === 0) return {};
  const nonDelivery: NonNullable<Referral['nonDelivery']> = [];
  for (const { id: event, type, message_id } of events) {
    const report = message_id === null ? undefined : await outbox.nonDeliveryOf(rows, message_id);
    if (report) nonDelivery.push({ event, type, ...report, at: timestampOf(report.at) });
  }
  return { undelivered: true, nonDelivery };
}
