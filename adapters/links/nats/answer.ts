import Type, { type Static } from 'typebox';
import Compile from 'typebox/compile';
import { Strict } from '../../../schemas/common.ts';
import { LinkReceipt } from '../../../schemas/delivery.ts';
import { timestampOf } from '../../../src/clock.ts';
import { LinkError, type Message, type Receipt } from '../../../src/delivery/port.ts';
import type { Fault } from '../../../src/errors.ts';
import { answerError } from '../http/answers.ts';

/** The type of a message that answers another one. It bears the id of the one that it answers. */
export const ANSWER_TYPE = 'link.answer';

/** What an HTTP answer would say, as a body of its own. */
const Answer = Type.Union([
  Strict({ receipt: LinkReceipt }),
  Strict({
    refusal: Strict({
      status: Type.Integer({ minimum: 400, maximum: 599 }),
      code: Type.String({ pattern: '^[a-z.-]{1,60}$' }),
      retryAfterS: Type.Optional(Type.Integer({ minimum: 0 })),
    }),
  }),
]);
type Answer = Static<typeof Answer>;
const answer = Compile(Answer);

/** The message that tells the sender of `to` that we have it for good. */
export function receiptMessage(to: Pick<Message, 'id' | 'from' | 'to'>, receipt: Receipt): Message {
  const body: Answer = { receipt: { ...receipt, receivedAt: timestampOf(receipt.receivedAt) } };
  return answerMessage(to, body);
}

/** The message that tells the sender of `to` why it was not taken. */
export function refusalMessage(to: Pick<Message, 'id' | 'from' | 'to'>, fault: Fault): Message {
  const { retryAfterS } = fault.context;
  const body: Answer = {
    refusal: {
      status: fault.kind.status,
      code: fault.code,
      ...(retryAfterS === undefined ? {} : { retryAfterS: Math.ceil(retryAfterS) }),
    },
  };
  return answerMessage(to, body);
}

function answerMessage(to: Pick<Message, 'id' | 'from' | 'to'>, body: Answer): Message {
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
export function outcomeOf({ id, body }: Pick<Message, 'id' | 'body'>): Receipt | LinkError {
  const value: unknown = JSON.parse(body.toString('utf8'));
  if (!answer.Check(value)) return new LinkError('transient', 'the answer is no receipt of this message');
  if ('refusal' in value) {
    const { status, code, retryAfterS } = value.refusal;
    const bytes = Buffer.from(JSON.stringify({ code }));
    return answerError({ status, retryAfter: retryAfterS?.toFixed(), bytes });
  }
  const { messageId, receivedAt, duplicate } = value.receipt;
  if (messageId !== id) return new LinkError('transient', 'the answer is no receipt of this message');
  return { messageId, receivedAt: Date.parse(receivedAt), duplicate };
}
