import Compile from 'typebox/compile';
import { DeliveryReport } from '../../schemas/delivery.ts';
import { type Clock, timestampOf } from '../clock.ts';
import { Fault } from '../errors.ts';
import type { Events } from '../events/events.ts';
import type { Unit } from '../store/port.ts';
import {
  type AfterCommit,
  type Message,
  type MessageHandler,
  type MessageHandlers,
  nothing,
} from './port.ts';
import { markLost, markReached, newestOfMessage } from './queries.ts';

/** The type of the message by which a hop tells a sender what became of a message. */
export const REPORT = 'delivery.report';

/** What became of a message beyond the next hop. */
export type Fate =
  | { readonly outcome: 'reached'; readonly at: number }
  | { readonly outcome: 'lost'; readonly at: number; readonly reason: string };

const REASON_LENGTH_MAX = 200;

export function encodeReport({
  at,
  ...report
}: Fate & { readonly messageId: string; readonly by: string }): Buffer {
  const reason = 'reason' in report ? { reason: report.reason.slice(0, REASON_LENGTH_MAX) } : {};
  return Buffer.from(JSON.stringify({ version: 1, ...report, ...reason, at: timestampOf(at) }));
}

const report = Compile(DeliveryReport);

function decodeReport(body: Buffer): DeliveryReport {
  const value: unknown = JSON.parse(body.toString('utf8'));
  if (report.Check(value)) return value;
  const pointer = `/body/body${report.Errors(value)[0]?.instancePath ?? ''}`;
  throw new Fault('request.invalid', { pointer });
}

/**
 * Takes what hops tell of our messages. The receipt of the first hop said only that it has the message; a report says
 * that the receiver has it, or that it was given up on the way. Message ids are random and known to nobody but those
 * that a message passed, so a report of an id that is not ours is let go without a word.
 */
export class Reports implements MessageHandler {
  readonly #parts: { clock: Clock; events: Events; handlers: MessageHandlers };

  constructor(parts: { clock: Clock; events: Events; handlers: MessageHandlers }) {
    this.#parts = parts;
  }

  async receive(unit: Unit, message: Message): Promise<AfterCommit> {
    const told = decodeReport(message.body);
    const { clock, events, handlers } = this.#parts;
    const row = await unit.one(newestOfMessage, { message_id: told.messageId });
    // Only what goes a longer way is told of: of the rest we have the receiver's own receipt.
    if (!row || row.sender !== null || row.receiver === null) return nothing;
    const [now, at] = [clock.now(), Date.parse(told.at)];
    const handler = handlers.get(row.type);
    const { id, correlation_id: correlationId, receiver, type } = row;
    const name = { id: row.message_id, correlationId, to: receiver, type };
    const reached = told.outcome === 'reached';
    const changed = reached
      ? await unit.run(markReached, { id, at, now })
      : await unit.run(markLost, { id, last_error: `PROXY ${told.by}: ${told.reason ?? ''}`, now });
    if (changed === 0) return nothing;
    const after = reached
      ? await handler?.delivered?.(unit, name, at)
      : await handler?.undelivered?.(unit, name);
    const state = reached ? 'reached' : 'dead';
    return () => {
      after?.();
      const about = { organisation: receiver, type, correlationId };
      events.publish('delivery.state', id, { state, ...about });
      if (!reached) events.publish('delivery.undelivered', id, { ...about, reason: 'delivery.lost' });
    };
  }

  /** Nobody waits for word of a report. */
}
