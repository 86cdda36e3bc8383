import Compile from 'typebox/compile';
import { Envelope } from '../../schemas/delivery.ts';
import { timestampOf } from '../clock.ts';
import { nestsTooDeep } from '../http/nesting.ts';
import { err, ok, type Result } from '../result.ts';
import type { Message } from './port.ts';

/** The headers that say who sends to whom, beside those of Standard Webhooks. */
export const SENDER_HEADER = 'yikatong-sender';
export const RECEIVER_HEADER = 'yikatong-receiver';

/** The largest envelope taken. A referral is a few kilobytes; pictures and documents do not travel this way. */
export const ENVELOPE_BYTES_MAX = 262_144;

const envelope = Compile(Envelope);

/** The bytes that travel: the same for every repeat of a message. */
export function encodeEnvelope(message: Message): Buffer {
  const { id, correlationId, from, to, via, type, at, priority } = message;
  const made = at === undefined ? undefined : timestampOf(at);
  const head = JSON.stringify({ id, correlationId, from, to, via, type, at: made, priority });
  return Buffer.concat([Buffer.from(`${head.slice(0, -1)},"body":`), message.body, Buffer.from('}')]);
}

/** Reads an envelope; the pointer says where it is wrong. */
export function decodeEnvelope(bytes: Buffer): Result<Message, { pointer: string }> {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    return err({ pointer: '/body' });
  }
  if (nestsTooDeep(value)) return err({ pointer: '/body' });
  if (!envelope.Check(value))
    return err({ pointer: `/body${envelope.Errors(value)[0]?.instancePath ?? ''}` });
  const { at, body, ...names } = value;
  const made = at === undefined ? {} : { at: Date.parse(at) };
  return ok({ ...names, ...made, body: Buffer.from(JSON.stringify(body)) });
}
