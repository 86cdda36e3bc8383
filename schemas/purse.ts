import Type, { type Static } from 'typebox';
import { presentation } from './card.ts';
import { Amount, Id, OneOf, PageQuery, Strict, Text, Timestamp } from './common.ts';

export const PURSE_KINDS = ['purchase', 'load'] as const;

/** Where a purchase or a load stands; `src/card/purse/machine.ts` says how it goes from one to another. */
export const PURSE_STATES = [
  'prepared',
  'debiting',
  'debited',
  'not-debited',
  'crediting',
  'credited',
  'not-credited',
  'torn',
  'refused',
  'needs-review',
] as const;

/** More than nothing, and less than the four bytes of a purse can hold. */
const PurseAmount = Type.String({
  pattern: '^([1-9][0-9]{0,6}\\.[0-9]{2}|0\\.([1-9][0-9]|0[1-9]))$',
  maxLength: 10,
  description: '金额,元,两位小数,大于零 / yuan with two decimals, more than nothing',
});

export const PurseCardRequest = Strict(presentation);
export const PurseMoneyRequest = Strict({ amount: PurseAmount, ...presentation });
export const PurseResolveRequest = Strict({ transactionId: Id, ...presentation });
export const PurseReviewRequest = Strict({
  outcome: OneOf(['executed', 'not-executed'], {
    description: '人工核对的结论:已执行、未执行 / what a person found: it took effect, or it did not',
  }),
  note: Text(500, '依据 / on what grounds'),
});

const PurseLogEntry = Strict({
  sequence: Type.Integer({ description: '交易序号' }),
  amount: Amount,
  type: Type.String({ description: '交易类型标识:02 圈存,06 消费 / 02 load, 06 purchase' }),
  terminal: Type.String({ description: '终端机编号' }),
  at: Type.String({ description: '交易日期时间,yyyyMMddHHmmss' }),
});

export const PurseBalance = Strict({
  balance: Amount,
  cardSerial: Type.String({
    description: '应用序列号的后八字节 / last eight bytes of the application’s number',
  }),
  log: Type.Optional(
    Type.Array(PurseLogEntry, {
      description: '卡上的交易明细,新的在前;读不出则没有 / the card’s own log, newest first',
    }),
  ),
  unresolved: Type.Optional(Id),
});

export const PurseTransaction = Strict(
  {
    id: Id,
    kind: OneOf(PURSE_KINDS),
    state: OneOf(PURSE_STATES, {
      description:
        'torn:中断,请放回同一张卡并调用 resolve;needs-review:卡上的记录不足以判定,须人工核对 / torn: lay the same card down and resolve; needs-review: a person must look',
    }),
    readerId: Id,
    amount: Amount,
    balanceBefore: Type.Optional(Amount),
    balanceAfter: Type.Optional(Amount),
    cardSerial: Type.String(),
    sequence: Type.Optional(
      Type.Integer({ description: '卡的脱机(联机)交易序号 / the card’s sequence number' }),
    ),
    terminal: Type.Optional(Type.String({ description: '终端机编号' })),
    terminalSequence: Type.Optional(
      Type.Integer({ description: '终端交易序号 / the PSAM’s sequence number' }),
    ),
    at: Type.Optional(Type.String({ description: '交易日期时间,yyyyMMddHHmmss' })),
    keyVersion: Type.Optional(Type.Integer()),
    algorithm: Type.Optional(Type.Integer()),
    tac: Type.Optional(Type.String({ description: '交易验证码,清算用 / for the clearing' })),
    confirmedBy: Type.Optional(
      OneOf(['psam', 'card', 'log', 'person'], {
        description: '结果的依据:PSAM 验证、卡的应答、卡的明细、人工 / on what the outcome rests',
      }),
    ),
    cause: Type.Optional(Type.String({ description: '错误码,见 docs/errors.md / code of what went wrong' })),
    createdAt: Timestamp,
    updatedAt: Timestamp,
  },
  { description: '电子钱包交易 / a transaction of an electronic purse' },
);

export const PurseTransactionList = Strict({
  items: Type.Array(PurseTransaction),
  next: Type.Optional(Type.String()),
});

export const PurseTransactionQuery = Strict({
  limit: PageQuery.limit,
  after: Type.Optional(Id),
  state: Type.Optional(OneOf(PURSE_STATES)),
});

export type PurseKind = (typeof PURSE_KINDS)[number];
export type PurseState = (typeof PURSE_STATES)[number];
export type PurseCardRequest = Static<typeof PurseCardRequest>;
export type PurseMoneyRequest = Static<typeof PurseMoneyRequest>;
export type PurseResolveRequest = Static<typeof PurseResolveRequest>;
export type PurseReviewRequest = Static<typeof PurseReviewRequest>;
export type PurseBalance = Static<typeof PurseBalance>;
export type PurseTransaction = Static<typeof PurseTransaction>;
export type PurseTransactionList = Static<typeof PurseTransactionList>;
export type PurseTransactionQuery = Static<typeof PurseTransactionQuery>;
