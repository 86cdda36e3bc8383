import Type, { type Static } from 'typebox';
import { Id, OneOf, Strict, Timestamp } from './common.ts';
import { PURPOSES } from './settlement-words.ts';

/** One request to an insurer and what came back. Bodies stay in the journal. */
const exchange = {
  id: Id,
  insurer: Id,
  transaction: Type.String({ description: '交易编号 / infno' }),
  ownId: Type.String({ description: '发送方报文ID / the id we gave it (msgid)' }),
  purpose: OneOf(PURPOSES),
  effect: OneOf(['none', 'record', 'money'], {
    description: '能改变什么 / what it can change at the insurer',
  }),
  outcome: OneOf(['pending', 'accepted', 'refused', 'not-run', 'not-sent', 'unknown']),
  reason: Type.Optional(Type.String({ description: '医保的原话,号码已遮盖 / its words, numbers masked' })),
  status: Type.Optional(Type.Integer({ description: 'HTTP' })),
  sentAt: Timestamp,
  answeredAt: Type.Optional(Timestamp),
  durationMs: Type.Optional(Type.Integer()),
};

export const Exchange = Strict(exchange);

/** One exchange with its bodies, as a person may see them. */
export const ShownExchange = Strict({
  ...exchange,
  request: Type.String({ description: '发出的报文,已遮盖 / as sent, masked' }),
  answer: Type.Optional(Type.String({ description: '收到的报文,已遮盖 / as received, masked' })),
  intact: Type.Boolean({
    description: '报文与审计链上的摘要一致 / the bodies still fit the digests on the audit trail',
  }),
});

export const ExchangeList = Strict({ items: Type.Array(Exchange) });

export type Exchange = Static<typeof Exchange>;
