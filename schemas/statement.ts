import Type, { type Static } from 'typebox';
import { STATES } from '../src/settlement/machine.ts';
import { Amount, Day, Id, OneOf, Strict, Text, Timestamp } from './common.ts';
import {
  DIFFERENCE_CLASSES,
  DIFFERENCE_STATES,
  MENDING_ACTS,
  STATEMENT_ACTIONS,
  STATEMENT_STATES,
} from './statement-words.ts';

const Month = Type.String({ pattern: '^[0-9]{4}-(0[1-9]|1[0-2])$', description: '月份 / yyyy-MM' });

export const StatementRequest = Strict({
  insurer: Id,
  date: Type.Optional(Day),
  month: Type.Optional(Month),
});

/** The last month where nothing is said. */
export const StatementQuery = Strict({
  insurer: Type.Optional(Id),
  from: Type.Optional(Day),
  to: Type.Optional(Day),
});

const Wording = Strict({ zh: Type.String(), en: Type.String() });

const Sums = Strict({
  count: Type.Integer(),
  total: Amount,
  fund: Amount,
  account: Type.Optional(Amount),
  cash: Type.Optional(Amount),
});

/** The sums of one group, settlements and reversals apart. */
const GroupTotals = Strict({
  group: Type.String({
    description:
      '对账分组,国家平台为 险种|清算类别|结算经办机构 / at the national platform insutype|clr_type|setl_optins',
  }),
  refund: Type.Boolean({ description: '撤销,金额为负 / reversals, negative' }),
  ours: Sums,
  theirs: Type.Optional(Sums),
  balanced: Type.Optional(Type.Boolean({ description: '没有时表示未核对 / absent: not asked' })),
  words: Type.Optional(Type.String({ description: '医保的原话 / the insurer’s own words' })),
  late: Type.Optional(
    Strict(
      { count: Type.Integer(), total: Amount },
      { description: '其中撤销以前月份结算的,冲减本期清算 / of which of earlier months, already cleared' },
    ),
  ),
});

const Side = Strict({
  number: Type.Optional(Type.String({ description: '医保结算编号 / the insurer’s number' })),
  ownId: Type.Optional(Type.String({ description: '报文号 / our id of the exchange' })),
  billNumber: Type.Optional(Type.String()),
  total: Amount,
  fund: Amount,
  account: Amount,
  at: Type.Optional(Timestamp),
  memo: Type.Optional(Type.String()),
});

export const Difference = Strict({
  n: Type.Integer(),
  class: OneOf(DIFFERENCE_CLASSES),
  title: Wording,
  state: OneOf(DIFFERENCE_STATES),
  act: OneOf(MENDING_ACTS),
  mends: Type.Object(Wording.properties, { description: 'POST …/mend 会做什么 / what POST …/mend does' }),
  needsConfirmation: Type.Boolean(),
  mendable: Type.Boolean({ description: '现在可以处理 / it may be mended now' }),
  refund: Type.Boolean({ description: '是一笔撤销 / it is a reversal' }),
  settlementId: Type.Optional(Id),
  ours: Type.Optional(Side),
  theirs: Type.Optional(Side),
  reason: Type.Optional(Type.String({ description: '上次处理的结果 / what came of the last try' })),
  exchangeId: Type.Optional(Id),
  by: Type.Optional(Type.String()),
  foundAgain: Type.Optional(
    Type.Boolean({ description: '处理后再次对账仍有 / found by a run after it was mended' }),
  ),
  updatedAt: Timestamp,
});

/** What is not decided of the period, and so in no sum. */
const Undecided = Strict({
  settlementId: Id,
  state: OneOf(STATES),
  doubtOf: Type.Optional(OneOf(['settle', 'reverse'])),
  billNumber: Type.String(),
  transaction: Type.String(),
  ownId: Type.String(),
  total: Amount,
  sentAt: Timestamp,
});

const Head = {
  id: Id,
  insurer: Id,
  period: Type.String({ description: 'yyyy-MM-dd 或 yyyy-MM' }),
  state: OneOf(STATEMENT_STATES, {
    description: 'balanced 平,differs 不平,incomplete 未能全部核对 / incomplete: run it again',
  }),
  provisional: Type.Boolean({ description: '该期尚未结束时所做 / made before the period was over' }),
  actions: Type.Array(OneOf(STATEMENT_ACTIONS), {
    description: '现在可以做什么;run 是重新对账 / what may be done now; run compares again',
  }),
  progress: Type.Optional(
    Strict(
      { done: Type.Integer(), of: Type.Integer() },
      { description: '进行中:已完成和预计的往来次数 / running: exchanges that are over, and expected' },
    ),
  ),
  run: Type.Integer({ description: '第几次对账 / counts its runs' }),
  cause: Type.Optional(
    Strict({ code: Type.String(), title: Wording, next: Wording, reason: Type.Optional(Type.String()) }),
  ),
  beganAt: Timestamp,
  finishedAt: Type.Optional(Timestamp),
  closedAt: Type.Optional(Timestamp),
  closedBy: Type.Optional(Type.String()),
};

/** A day of a month. */
const DayState = Strict({
  day: Day,
  state: Type.Optional(OneOf(STATEMENT_STATES, { description: '没有时表示未对账 / absent: not compared' })),
  statementId: Type.Optional(Id),
});

const OpenDifference = Strict({
  day: Day,
  statementId: Id,
  n: Type.Integer(),
  class: OneOf(DIFFERENCE_CLASSES),
  state: OneOf(DIFFERENCE_STATES),
});

export const Statement = Strict({
  ...Head,
  totals: Type.Array(GroupTotals),
  differences: Type.Array(Difference),
  undecided: Type.Array(Undecided),
  days: Type.Optional(Type.Array(DayState, { description: '月结:各日 / of a month: its days' })),
  open: Type.Optional(
    Type.Array(OpenDifference, { description: '月结:未处理的差异 / of a month: not mended' }),
  ),
});

export const StatementSummary = Strict(Head);

export const StatementList = Strict({ items: Type.Array(StatementSummary) });

export const MendRequest = Strict({
  confirm: Type.Optional(Type.Boolean({ description: '由人确认 / a person says that it is so' })),
  note: Type.Optional(Text(500, '依据 / how it was found out')),
  settlementId: Type.Optional(
    Type.String({
      ...Id,
      description: '医保的这一笔是哪笔结算的撤销 / the settlement that a reversal of theirs is of',
    }),
  ),
});

export type Statement = Static<typeof Statement>;
export type StatementSummary = Static<typeof StatementSummary>;
export type Difference = Static<typeof Difference>;
export type StatementQuery = Static<typeof StatementQuery>;
