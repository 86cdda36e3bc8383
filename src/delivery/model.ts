import type { Delivery, NonDeliveryReport } from '../../schemas/delivery.ts';
import { timestampOf } from '../clock.ts';
import { type ErrorCode, errorTable, isErrorCode, textsOf } from '../errors.ts';
import type { DeliveryRow } from './queries.ts';
import type { ShownRow } from './search.ts';

/** A delivery as an answer shows it: everything but what it says. */
export function deliveryOf(row: ShownRow, english: boolean): Delivery {
  const report = reportOf(row, english);
  return {
    id: row.id,
    organisation: row.organisation,
    messageId: row.message_id,
    correlationId: row.correlation_id,
    type: row.type,
    priority: row.priority,
    state: row.state,
    attempts: row.attempts,
    ...(row.state === 'queued' ? { nextAttemptAt: timestampOf(row.next_at) } : {}),
    ...(row.last_error === null ? {} : { lastError: row.last_error }),
    ...(report ? { report } : {}),
    expiresAt: timestampOf(row.expires_at),
    ...(row.receipt_at === null ? {} : { receiptAt: timestampOf(row.receipt_at) }),
    ...(row.sender === null ? {} : { sender: row.sender }),
    ...(row.receiver === null ? {} : { receiver: row.receiver }),
    ...(row.reached_at === null ? {} : { reachedAt: timestampOf(row.reached_at) }),
    ...(row.replay_of === null ? {} : { replayOf: row.replay_of }),
    ...(row.replayed_as === null ? {} : { replayedAs: row.replayed_as }),
    createdAt: timestampOf(row.created_at),
    updatedAt: timestampOf(row.updated_at),
  };
}

/** What a report is made from. */
type Given = Pick<DeliveryRow, 'state' | 'reason' | 'last_error' | 'updated_at'>;

/** The report of non-delivery: why a message was given up and what its sender should do. */
export function reportOf(row: Given, english: boolean): NonDeliveryReport | undefined {
  if (row.state !== 'dead') return undefined;
  const { code, hop } = reasonOf(row);
  const { title, next } = textsOf(errorTable[code], english);
  return { code, title, next, hop, at: timestampOf(row.updated_at) };
}

/** Why a message is dead, and at which place on its way. */
export function reasonOf(row: Pick<DeliveryRow, 'reason' | 'last_error'>): {
  code: ErrorCode;
  hop: NonDeliveryReport['hop'];
} {
  // What was given up before reasons were kept, was refused or expired as its last error says.
  const old = row.last_error?.startsWith('expired') ? 'delivery.expired' : 'delivery.refused';
  const code = row.reason !== null && isErrorCode(row.reason) ? row.reason : old;
  return { code, hop: errorTable[code].hop ?? 'REC_' };
}
