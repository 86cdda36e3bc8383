import type { Delivery } from '../../schemas/delivery.ts';
import { timestampOf } from '../clock.ts';
import type { DeliveryRow } from './queries.ts';

/** A delivery as an answer shows it: everything but what it says. */
export function deliveryOf(row: DeliveryRow): Delivery {
  return {
    id: row.id,
    organisation: row.organisation,
    messageId: row.message_id,
    correlationId: row.correlation_id,
    type: row.type,
    state: row.state,
    attempts: row.attempts,
    ...(row.state === 'queued' ? { nextAttemptAt: timestampOf(row.next_at) } : {}),
    ...(row.last_error === null ? {} : { lastError: row.last_error }),
    expiresAt: timestampOf(row.expires_at),
    ...(row.receipt_at === null ? {} : { receiptAt: timestampOf(row.receipt_at) }),
    ...(row.sender === null ? {} : { sender: row.sender }),
    ...(row.receiver === null ? {} : { receiver: row.receiver }),
    ...(row.reached_at === null ? {} : { reachedAt: timestampOf(row.reached_at) }),
    ...(row.replay_of === null ? {} : { replayOf: row.replay_of }),
    createdAt: timestampOf(row.created_at),
    updatedAt: timestampOf(row.updated_at),
  };
}
