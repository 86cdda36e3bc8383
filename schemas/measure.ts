import Type, { type Static } from 'typebox';
import { Day, OneOf, Strict, Timestamp } from './common.ts';
import { PRIORITIES } from './referral.ts';

export const MEASURES = ['delivered', 'answered', 'returned', 'closed'] as const;
export type Measure = (typeof MEASURES)[number];

/** What referrals are grouped by: `organisation` is the other end, `hop` from which organisation to which. */
export const GROUPINGS = ['priority', 'organisation', 'direction', 'hop', 'month'] as const;
export type Grouping = (typeof GROUPINGS)[number];

export const MeasureQuery = Strict({
  from: Day,
  to: Type.Unsafe<string>({ ...Day, description: '含这一天 / this day included' }),
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

export type MeasureQuery = Static<typeof MeasureQuery>;
export type ReferralMeasures = Static<typeof ReferralMeasures>;
export type MeasuresConfiguration = Static<typeof MeasuresConfiguration>;
