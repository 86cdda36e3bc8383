import Compile from 'typebox/compile';
import { EventMessage, type ReferralAct, RequestMessage } from '../../schemas/referral.ts';
import { timestampOf } from '../clock.ts';
import { Fault } from '../errors.ts';
import { err, ok, type Result } from '../result.ts';
import { checkContent } from './content.ts';
import type { Party } from './machine.ts';

/** The types of our messages. */
export const REQUEST = 'referral.request';
export const EVENT = 'referral.event';

interface Encoded {
  readonly type: string;
  readonly body: Buffer;
}

export function encodeRequest(
  request: Omit<RequestMessage, 'version' | 'seq' | 'at'> & { at: number },
): Encoded {
  const message: RequestMessage = { version: 1, seq: 1, ...request, at: timestampOf(request.at) };
  return { type: REQUEST, body: Buffer.from(JSON.stringify(message)) };
}

export function encodeEvent(event: {
  caseId: string;
  by: Party;
  seq: number;
  seen: number;
  at: number;
  event: ReferralAct;
}): Encoded {
  // Who acted is this side's own business.
  const { doctor: _doctor, ...told } = event.event;
  const message: EventMessage = { version: 1, ...event, at: timestampOf(event.at), event: told };
  return { type: EVENT, body: Buffer.from(JSON.stringify(message)) };
}

const request = Compile(RequestMessage);
const event = Compile(EventMessage);

/** Reads the body of a referral.request; the pointer says where it is wrong. */
export function decodeRequest(body: Buffer): Result<RequestMessage, string> {
  const value = jsonOf(body);
  if (!request.Check(value)) return err(request.Errors(value)[0]?.instancePath ?? '');
  return ok(value);
}

/** Reads the body of a referral.event; the pointer says where it is wrong. */
export function decodeEvent(body: Buffer): Result<EventMessage, string> {
  const value = jsonOf(body);
  if (!event.Check(value)) return err(event.Errors(value)[0]?.instancePath ?? '');
  const content = checkContent(value.event);
  return content.ok ? ok(value) : err(`/event/${content.error.field}`);
}

/** The body of a message; nothing where it is no JSON. */
export function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** The refusal of a message whose body is not of its form there. */
export function invalidBody(pointer = ''): Fault {
  return new Fault('request.invalid', { pointer: `/body/body${pointer}` });
}
