import Type, { type Static } from 'typebox';
import { Amount, Day, OneOf, Strict, Timestamp } from './common.ts';
import { PRIORITIES } from './referral.ts';
import { FUNDS } from './settlement.ts';

export const MEASURES = ['delivered', 'answered', 'returned', 'closed'] as const;
export type Measure = (typeof MEASURES)[number];

/** What referrals are grouped by: `organisation` is the other end, `hop` from which organisation to which. */
export const GROUPINGS = ['priority', 'organisation', 'direction', 'hop', 'month'] as const;
export type Grouping = (typeof GROUPINGS)[number];

const days = {
  from: Day,
  to: Type.Unsafe<string>({ ...Day, description: '含这一天 / this day included' }),
};

export const MeasureQuery = Strict({
  ...days,
  organisation: Type.Optional(
    Type.String({
      pattern: '^[A-Za-z0-9]{4,30}$',
      description: '只算与这一机构之间的 / only those with this organisation at the other end',
    }),
  ),
  groupBy: Type.Optional(OneOf(GROUPINGS)),
  role: Type.Optional(
    OneOf(['initiator', 'recipient'], {
      description: '只算本机构转出(initiator)或接收(recipient)的 / only those sent, or received, here',
    }),
  ),
});

const TwoTongues = Strict({ zh: Type.String(), en: Type.String() });

const Ratio = Strict({
  numerator: Type.Integer(),
  denominator: Type.Integer(),
  rate: Type.Optional(
    Type.Number({ description: '四位小数,分母为 0 时没有 / absent where there is nothing to count' }),
  ),
});

const Counts = {
  referrals: Type.Integer({ description: '转诊数 / referrals' }),
  delivered: Ratio,
  answered: Ratio,
  returned: Ratio,
  closed: Ratio,
  answerTimes: Strict(
    {
      averageMinutes: Type.Optional(
        Type.Integer({ description: '没有应答时没有 / absent without an answer' }),
      ),
      within: Type.Array(
        Strict({
          minutes: Type.Integer(),
          referrals: Type.Integer({
            description:
              '在此时间内、且不在前一档内应答的 / answered within it, and not within the one before',
          }),
        }),
      ),
      later: Type.Integer(),
    },
    { description: '从送达到第一次应答 / from delivery to the first answer' },
  ),
};

export const ReferralMeasures = Strict({
  from: Type.String(),
  to: Type.String(),
  at: Timestamp,
  definitions: Type.Array(Strict({ measure: OneOf(MEASURES), name: TwoTongues, definition: TwoTongues })),
  limits: Type.Array(
    Strict({
      priority: OneOf(PRIORITIES),
      deliveredWithinMinutes: Type.Integer(),
      answeredWithinMinutes: Type.Integer(),
      returnedWithinMinutes: Type.Integer(),
    }),
  ),
  closedWithinDays: Type.Integer(),
  total: Strict(Counts),
  groups: Type.Array(Strict({ key: Type.String(), label: Type.Optional(Type.String()), ...Counts })),
  county: Strict({
    definition: TwoTongues,
    unseen: TwoTongues,
    outpatientVisits: Type.Integer(),
    stays: Type.Integer(),
    outwardReferrals: Type.Integer(),
    inCountyShare: Type.Optional(Type.Number()),
    outwardRate: Type.Optional(Type.Number()),
  }),
});

const Sums = {
  settlements: Type.Integer({ description: '有效的结算 / settlements that stand' }),
  total: Amount,
  fund: Amount,
  account: Amount,
  paid: Amount,
  cash: Amount,
  funds: Type.Array(Strict({ fund: OneOf(FUNDS), amount: Amount })),
};

/** What settlements are added up by: their payer, the month they were settled in, or the kind of visit. */
export const SETTLEMENT_GROUPINGS = ['insurer', 'month', 'setting'] as const;

export const SettlementMeasureQuery = Strict({
  ...days,
  groupBy: Type.Optional(OneOf(SETTLEMENT_GROUPINGS)),
});

export const SettlementMeasures = Strict({
  from: Type.String(),
  to: Type.String(),
  at: Timestamp,
  definition: TwoTongues,
  total: Strict(Sums),
  groups: Type.Array(Strict({ key: Type.String(), ...Sums })),
});

const Worked = {
  readings: Type.Integer({ description: '成功的读卡和卡上操作 / readings and other uses that succeeded' }),
  failures: Type.Integer({ description: '失败的 / those that failed' }),
  outages: Type.Integer({ description: '读卡器断开的次数 / times the reader was lost' }),
  failureRate: Type.Optional(
    Type.Number({ description: '四位小数,没有使用时没有 / absent where nothing was used' }),
  ),
};

export const READER_GROUPINGS = ['reader', 'month'] as const;

export const ReaderMeasureQuery = Strict({ ...days, groupBy: Type.Optional(OneOf(READER_GROUPINGS)) });

export const ReaderMeasures = Strict({
  from: Type.String(),
  to: Type.String(),
  at: Timestamp,
  definition: TwoTongues,
  total: Strict(Worked),
  groups: Type.Array(Strict({ key: Type.String(), ...Worked })),
  causes: Type.Array(
    Strict({
      code: Type.String({ description: '错误码,见 docs/errors.md / a code of the error table' }),
      failures: Type.Integer(),
    }),
  ),
});

const Minutes = Type.Integer({ minimum: 1, maximum: 527_040 });
const ByPriority = Strict({
  routine: Type.Optional(Minutes),
  urgent: Type.Optional(Minutes),
  stat: Type.Optional(Minutes),
});

/** What is "in time"; there is no national figure for any of them. */
export const MeasuresConfiguration = Strict({
  deliveredWithinMinutes: Type.Optional(ByPriority),
  answeredWithinMinutes: Type.Optional(ByPriority),
  returnedWithinMinutes: Type.Optional(ByPriority),
  closedWithinDays: Type.Optional(Type.Integer({ minimum: 1, maximum: 366 })),
  /** Codes of organisations outside our county, and of those inside it that would be taken for outside. */
  outside: Type.Optional(Type.Array(Type.String({ pattern: '^[A-Za-z0-9]{4,30}$' }), { maxItems: 5_000 })),
  inside: Type.Optional(Type.Array(Type.String({ pattern: '^[A-Za-z0-9]{4,30}$' }), { maxItems: 5_000 })),
});

export type SettlementMeasureQuery = Static<typeof SettlementMeasureQuery>;
export type SettlementMeasures = Static<typeof SettlementMeasures>;
export type ReaderMeasureQuery = Static<typeof ReaderMeasureQuery>;
export type ReaderMeasures = Static<typeof ReaderMeasures>;
export type MeasureQuery = Static<typeof MeasureQuery>;
export type ReferralMeasures = Static<typeof ReferralMeasures>;
export type MeasuresConfiguration = Static<typeof MeasuresConfiguration>;
