import Compile from 'typebox/compile';
import { LinkOutcome, LinkReceipt } from '../../../schemas/delivery.ts';
import { type Handed, LinkError, type Receipt } from '../../../src/delivery/port.ts';

/** A receipt or a problem is a few hundred bytes. */
export const ANSWER_BYTES_MAX = 65_536;

/** Nobody may make us wait longer than this. */
const RETRY_AFTER_MAX_MS = 3_600_000;

/** The answers after which the very same message will never be taken: it is the message that is wrong. */
export const PERMANENT: ReadonlySet<number> = new Set([400, 409, 410, 413, 415, 422]);

const receipt = Compile(LinkReceipt);
const outcome = Compile(LinkOutcome);

/** Reads a receipt. An answer that makes no sense may hide one, so the message is sent again: it has one effect. */
export function receiptOf(bytes: Buffer, messageId: string): Receipt {
  return receiptIn(jsonOf(bytes), messageId);
}

function receiptIn(value: unknown, messageId: string): Receipt {
  if (!receipt.Check(value) || value.messageId !== messageId) {
    throw new LinkError('transient', 'the answer is no receipt of this message');
  }
  return { messageId, receivedAt: Date.parse(value.receivedAt), duplicate: value.duplicate };
}

/** What an answer says of one message, where it is not told by a status of its own. */
export function outcomeOf(value: unknown, messageId: string): Handed {
  if (!outcome.Check(value)) return new LinkError('transient', 'the answer is no receipt of this message');
  if ('refusal' in value) {
    const { status, code, retryAfterS } = value.refusal;
    const bytes = Buffer.from(JSON.stringify({ code }));
    return answerError({ status, retryAfter: retryAfterS?.toFixed(), bytes });
  }
  try {
    return receiptIn(value.receipt, messageId);
  } catch (error) {
    return error as LinkError;
  }
}

/**
 * Sorts a refusal. 401, 403, 404 and redirects mean that the two sides' configurations do not fit: nothing ran, a
 * person will mend it, and the message waits; so it does on 408, 429 and 5xx.
 */
export function answerError(answer: {
  status: number;
  retryAfter: string | undefined;
  bytes: Buffer;
}): LinkError {
  const code = codeOf(answer.bytes);
  const text = code ? `${answer.status} ${code}` : String(answer.status);
  if (PERMANENT.has(answer.status)) return new LinkError('permanent', text, undefined, code);
  return new LinkError('transient', text, retryAfterMs(answer.retryAfter), code);
}

/** Only the delay in seconds: a date would bring the other side's clock into it. */
function retryAfterMs(header: string | undefined): number | undefined {
  if (header === undefined || !/^\d{1,9}$/.test(header)) return undefined;
  return Math.min(Number(header) * 1_000, RETRY_AFTER_MAX_MS);
}

/** The stable code of a problem; nothing else of the body is kept, since it may name somebody. */
function codeOf(bytes: Buffer): string | undefined {
  const code = (jsonOf(bytes) as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' && /^[a-z.-]{1,60}$/.test(code) ? code : undefined;
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8')) ?? undefined;
  } catch {
    return undefined;
  }
}
