import type { JsMsg } from '@nats-io/jetstream';
import type { Logger } from 'pino';
import { maskError } from '../../../src/access/masking.ts';
import { ENVELOPE_BYTES_MAX, SENDER_HEADER } from '../../../src/delivery/envelope.ts';
import type { Message, Receipt, Take } from '../../../src/delivery/port.ts';
import { Fault } from '../../../src/errors.ts';
import { receiptMessage, refusalMessage } from './answer.ts';
import { KEPT_MS } from './mailbox.ts';
import { senderOf } from './names.ts';
import { packetOf } from './packet.ts';

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;

export interface ReceivingParts {
  /** The code of our own organisation. */
  readonly organisation: string;
  readonly logger: Logger;
  readonly take: Take;
  /** Whether there is a link to answer this organisation by. */
  knows(organisation: string): boolean;
  /** Sends an answer; throws where that is not possible now. */
  answer(organisation: string, message: Message): void;
}

/** What becomes of a message: acknowledged, terminated, or brought again after so many ms. */
type Verdict = 'ack' | 'term' | number;

/**
 * Takes one message out of our mailbox. Never rejects.
 *
 *     taken                        → receipt, then acknowledged: it leaves the stream
 *     refused, whatever it says    → refusal, then terminated: its sender has it in his outbox, and decides
 *     we have trouble of our own   → not acknowledged: it comes again, later and later
 *     of nobody we could answer    → terminated
 *
 * The answer goes before the acknowledgement over the same connection, so that whoever dies between the two answers
 * once more.
 */
export async function receive(message: JsMsg, parts: ReceivingParts): Promise<void> {
  let verdict: Verdict;
  try {
    verdict = await judge(message, parts);
  } catch (error) {
    const tries = message.info.deliveryCount;
    parts.logger.warn({ err: maskError(error), tries }, 'a message could not be taken now');
    verdict = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(tries - 1, 10));
  }
  try {
    if (verdict === 'ack') message.ack();
    else if (verdict === 'term') message.term();
    else message.nak(verdict);
  } catch (error) {
    // The connection is gone; the server brings the message again.
    parts.logger.warn({ err: maskError(error) }, 'a message could not be acknowledged');
  }
}

async function judge(message: JsMsg, parts: ReceivingParts): Promise<Verdict> {
  const { organisation, logger } = parts;
  const packet = packetOf(message);
  const sender = packet.headers[SENDER_HEADER];
  const id = packet.headers['webhook-id'];
  if (!sender || !id || sender !== senderOf(message.subject) || !parts.knows(sender)) {
    logger.warn({ subject: message.subject.slice(0, 100) }, 'a message of nobody we know was thrown away');
    return 'term';
  }
  const name = { id, from: sender, to: organisation };
  let receipt: Receipt;
  try {
    if (packet.bytes.length > ENVELOPE_BYTES_MAX) throw new Fault('request.too-large');
    receipt = await parts.take({ ...packet, ageMaxS: KEPT_MS / 1_000 });
  } catch (error) {
    if (!(error instanceof Fault) || error.kind.place === 'gateway') throw error;
    parts.answer(sender, refusalMessage(name, error));
    return 'term';
  }
  parts.answer(sender, receiptMessage(name, receipt));
  return 'ack';
}
