import Type, { type Static } from 'typebox';
import { Id, OneOf, Strict } from './common.ts';
import { Operator } from './eligibility.ts';
import { PLACES, SETTINGS } from './settlement-words.ts';

/** Any transaction of an insurer's interface. */
export const TransactionRequest = Strict({
  input: Type.Record(Type.String({ maxLength: 60 }), Type.Unknown(), {
    description: '交易的输入节点,按接口规范 / the transaction’s input, as the interface defines it',
  }),
  operator: Type.Optional(Operator),
  insuredPlace: Type.Optional(
    Type.String({ pattern: '^[0-9]{6}$', description: '参保地区划,异地时必填 / insured place' }),
  ),
});

export const TransactionAnswer = Strict({
  output: Type.Unknown({ description: '交易的输出,数值保持原文 / its output, numbers as their exact text' }),
  exchangeId: Id,
  ownId: Type.String({ description: '发送方报文ID / msgid' }),
  notes: Type.Array(Type.String(), {
    description: '应答与规范不符之处 / where the answer departs from the interface',
  }),
});

export const Insurer = Strict({
  id: Id,
  name: Type.String(),
  capabilities: Strict({
    place: OneOf(PLACES, { description: '在一站式结算中的顺序 / its place in the legal order of payers' }),
    verifiesBy: Type.Array(OneOf(['document', 'card'])),
    settings: Type.Array(OneOf(SETTINGS), { description: '能结算的就诊类型 / what it settles' }),
    waysOutOfDoubt: Type.Array(
      Strict({
        way: OneOf(['reverse-by-own-id', 'query-by-handle', 'two-phase', 'statement']),
        decides: Type.Array(Type.String(), { description: '交易编号 / transactions' }),
      }),
      { description: '应答丢失后怎样查清,按顺序 / how a lost answer is decided, in order; docs/doubt.md' },
    ),
    statements: Type.Boolean({ description: '能否对账 / whether its ledger can be compared with ours' }),
    reserved: Type.Array(Type.String(), {
      description: '只能通过结算接口 / through the settlement interface only',
    }),
  }),
});

export const InsurerList = Strict({ items: Type.Array(Insurer) });

export type TransactionRequest = Static<typeof TransactionRequest>;
export type TransactionAnswer = Static<typeof TransactionAnswer>;
export type Insurer = Static<typeof Insurer>;
