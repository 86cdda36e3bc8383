import type { LinkOutcome } from '../../../schemas/delivery.ts';
import { receiptedOf, refusalOf } from '../../../src/delivery/batch.ts';
import type { Handed, Message, Receipt } from '../../../src/delivery/port.ts';
import type { Fault } from '../../../src/errors.ts';
import { outcomeOf as outcomeIn } from '../http/answers.ts';

/** The type of a message that answers another one. It bears the id of the one that it answers. */
export const ANSWER_TYPE = 'link.answer';

/** The message that tells the sender of `to` that we have it for good. */
export function receiptMessage(to: Pick<Message, 'id' | 'from' | 'to'>, receipt: Receipt): Message {
  return answerMessage(to, receiptedOf(receipt));
}

/** The message that tells the sender of `to` why it was not taken. */
export function refusalMessage(to: Pick<Message, 'id' | 'from' | 'to'>, fault: Fault): Message {
  return answerMessage(to, refusalOf(fault));
}

function answerMessage(to: Pick<Message, 'id' | 'from' | 'to'>, body: LinkOutcome): Message {
  return {
    id: to.id,
    correlationId: to.id,
    from: to.to,
    to: to.from,
    type: ANSWER_TYPE,
    body: Buffer.from(JSON.stringify(body)),
  };
}

/** What an answer says of the message it answers: the receipt, or why there is none. */
export function outcomeOf({ id, body }: Pick<Message, 'id' | 'body'>): Handed {
  return outcomeIn(JSON.parse(body.toString('utf8')), id);
}
