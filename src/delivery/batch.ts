import type { LinkOutcome } from '../../schemas/delivery.ts';
import { timestampOf } from '../clock.ts';
import type { Fault } from '../errors.ts';
import type { Receipt } from './port.ts';

/**
 * Several messages in one request, so that they cost one signature and one round trip: their envelopes, one on each
 * line, in the order they are to be taken. No envelope has a line break, since all are compact JSON. Each is taken or
 * refused by itself, and the answer says what became of each, in the same order.
 */

/** How many messages, and how many bytes of them, are taken at once. */
export const BATCH_MESSAGES_MAX = 32;
export const BATCH_BYTES_MAX = 1_048_576;

/** By this header of an answer the receiver says how many it takes at once. */
export const BATCH_HEADER = 'yikatong-batch';

export const BATCH_CONTENT_TYPE = 'application/x-ndjson';

const LINE_BREAK = 0x0a;

export function joinEnvelopes(envelopes: readonly Buffer[]): Buffer {
  const lineBreak = Buffer.of(LINE_BREAK);
  return Buffer.concat(envelopes.flatMap((envelope, i) => (i === 0 ? [envelope] : [lineBreak, envelope])));
}

/** The envelopes as they came; undefined where there are more than `BATCH_MESSAGES_MAX`. */
export function splitEnvelopes(bytes: Buffer): Buffer[] | undefined {
  const lines: Buffer[] = [];
  for (let from = 0; from < bytes.length; ) {
    if (lines.length === BATCH_MESSAGES_MAX) return undefined;
    const found = bytes.indexOf(LINE_BREAK, from);
    const to = found === -1 ? bytes.length : found;
    lines.push(bytes.subarray(from, to));
    from = to + 1;
  }
  return lines;
}

/** What the answer says of a message that was taken, and of one that was refused. */
export function receiptedOf(receipt: Receipt): LinkOutcome {
  return { receipt: { ...receipt, receivedAt: timestampOf(receipt.receivedAt) } };
}

export function refusalOf({ kind, code, context }: Fault): LinkOutcome {
  const { retryAfterS } = context;
  const wait = retryAfterS === undefined ? {} : { retryAfterS: Math.ceil(retryAfterS) };
  return { refusal: { status: kind.status, code, ...wait } };
}
