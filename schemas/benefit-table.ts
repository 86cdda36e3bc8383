import Type, { type Static } from 'typebox';
import { Day, Id, OneOf, Strict } from './common.ts';
import { LEVELS } from './organisation.ts';
import { REFERRAL_STATES, SETTINGS } from './settlement-words.ts';

const Percent = Type.String({
  pattern: '^(100(\\.0{1,2})?|[0-9]{1,2}(\\.[0-9]{1,2})?)%$',
  description: '比例,最多两位小数 / a percentage with up to two decimals: "82.5%"',
});
const Yuan = Type.String({
  pattern: '^(0|[1-9][0-9]{0,9})\\.[0-9]{2}$',
  description: '金额,元,两位小数 / yuan with two decimals: "300.00"',
});
const Insutype = Type.String({ pattern: '^[0-9]{3,6}$', description: '险种' });
const PersonClass = Type.String({ pattern: '^[0-9A-Za-z-]{1,20}$', description: '人员类别或身份' });

/** Where a rule was read, and from when to when it holds (both days included). */
const Rule = {
  insurer: Id,
  insutype: Insutype,
  from: Day,
  to: Type.Optional(Day),
  source: Type.String({ minLength: 1, maxLength: 200, description: '文件名和文号 / the document' }),
};

/** A ratio for what lies above an amount, up to the next band. */
const Band = Strict({ over: Yuan, ratio: Percent });
const Bands = Type.Array(Band, { minItems: 1, maxItems: 20 });

const when = {
  referral: Type.Optional(Type.Array(OneOf(REFERRAL_STATES), { minItems: 1, uniqueItems: true })),
  elsewhere: Type.Optional(Type.Boolean({ description: '异地就医 / care away from the insured place' })),
};

/**
 * What changes a row's ratios. "Minus ten" is read in two ways that differ, so that its kind must be said: points,
 * 70 % − 10 = 60 %, or a factor, 70 % × 0.90 = 63 %.
 */
const Adjustment = Type.Union([
  Strict({
    kind: Type.Literal('points'),
    value: Type.String({ pattern: '^-?[0-9]{1,2}(\\.[0-9]{1,2})?$', description: '百分点 / points' }),
    ...when,
  }),
  Strict({
    kind: Type.Literal('factor'),
    value: Type.String({ pattern: '^[01](\\.[0-9]{1,4})?$', description: '系数 / factor' }),
    ...when,
  }),
]);

const BenefitRow = Strict({
  ...Rule,
  setting: OneOf(SETTINGS),
  tier: Id,
  /** Absent: everybody for whom there is no row of their own. */
  personClass: Type.Optional(PersonClass),
  /** Absent: every state for which there is no row of its own. */
  referral: Type.Optional(OneOf(REFERRAL_STATES)),
  deductible: Type.Optional(
    Strict({
      amount: Yuan,
      /** year: paid once a year; stay: anew with each visit. */
      per: OneOf(['year', 'stay']),
      /** How much each further stay of the year lowers it, and how much at most. */
      repeatLowers: Type.Optional(Percent),
      repeatLowersMost: Type.Optional(Percent),
      /** After a referral upward what was paid below counts (continuous); after one downward nothing is due (waived). */
      referredUp: Type.Optional(OneOf(['continuous', 'full'])),
      referredDown: Type.Optional(OneOf(['waived', 'full'])),
    }),
  ),
  /** One ratio, or one for each part of what is above the deductible. */
  ratio: Type.Union([Percent, Bands]),
  cap: Type.Optional(Strict({ amount: Yuan, per: OneOf(['year', 'stay']) })),
  /** The first that fits is applied, and no other. */
  adjustments: Type.Optional(Type.Array(Adjustment, { maxItems: 10 })),
});

const Settings = Type.Array(OneOf(SETTINGS), { minItems: 1, uniqueItems: true });

/** 大病保险: pays of what the year has left to the patient in scope, band by band. */
const CriticalRow = Strict({ ...Rule, settings: Settings, ratio: Bands, cap: Type.Optional(Yuan) });

/** 医疗救助: pays its share of what basic and critical-illness insurance have left in scope. */
const AssistanceRow = Strict({
  ...Rule,
  settings: Settings,
  personClass: PersonClass,
  deductible: Type.Optional(Yuan),
  ratio: Percent,
  cap: Type.Optional(Yuan),
});

const Tier = Type.Optional(Id);

/** The file that estimates are made from. It says what policies say, for whoever asks before anything is settled. */
export const BenefitTable = Strict({
  /** From the lowest to the highest. */
  tiers: Type.Array(Id, { minItems: 1, maxItems: 12, uniqueItems: true }),
  /** The tier that an organisation of each level belongs to. */
  levels: Strict(Object.fromEntries(LEVELS.map((level) => [level, Tier])) as Record<Level, typeof Tier>),
  rows: Type.Array(BenefitRow, { minItems: 1, maxItems: 5_000 }),
  critical: Type.Optional(Type.Array(CriticalRow, { maxItems: 500 })),
  assistance: Type.Optional(Type.Array(AssistanceRow, { maxItems: 500 })),
});

type Level = (typeof LEVELS)[number];
export type BenefitTable = Static<typeof BenefitTable>;
