import Type, { type Static } from 'typebox';
import { Id, Strict, Timestamp } from './common.ts';
import { Exchange } from './exchange.ts';

const Count = Type.Integer({ minimum: 0 });

/** One exchange as an operator needs it: which, when, and how it went. */
const Told = Strict({
  transaction: Exchange.properties.transaction,
  outcome: Exchange.properties.outcome,
  at: Timestamp,
});

/** How an insurer is doing, without anybody's data. */
export const InsurerHealth = Strict({
  id: Id,
  name: Type.String(),
  exchanges: Count,
  accepted: Count,
  refused: Type.Integer({ minimum: 0, description: '业务拒绝 / refused as a matter of business' }),
  failed: Type.Integer({ minimum: 0, description: '没有发出或没有执行 / not sent, or not run' }),
  unknown: Type.Integer({ minimum: 0, description: '没有应答,结果不明 / no answer: nobody knows' }),
  medianMs: Type.Optional(Count),
  p95Ms: Type.Optional(Count),
  lastAnswerAt: Type.Optional(Timestamp),
  lastTrouble: Type.Optional(Told),
  signsIn: Type.Boolean({ description: '是否需要签到 / whether an operator signs in there' }),
  lastSignIn: Type.Optional(Told),
  doubt: Strict({
    inDoubt: Type.Integer({ minimum: 0, description: '网关正在查清的结算 / the gateway finds out' }),
    needsReview: Type.Integer({ minimum: 0, description: '需要人工核对的结算 / a person has to decide' }),
    oldestAt: Type.Optional(Timestamp),
  }),
});

export const InsurerHealthList = Strict({ items: Type.Array(InsurerHealth) });

export type InsurerHealth = Static<typeof InsurerHealth>;
