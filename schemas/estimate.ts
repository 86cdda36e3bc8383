import Type, { type Static } from 'typebox';
import { Amount, Day, Id, OneOf, Strict } from './common.ts';
import { DirectionSchema } from './organisation.ts';
import { Charge } from './settlement.ts';
import { REFERRAL_STATES, SETTINGS } from './settlement-words.ts';

const Positive = Type.String({ ...Amount, pattern: '^(0|[1-9][0-9]{0,11})\\.[0-9]{2}$' });
const used = (description: string) => Type.Optional(Type.String({ ...Positive, description }));

const Referral = Strict({
  state: OneOf(REFERRAL_STATES, {
    description:
      'none 未转诊;referred 已转诊或备案;emergency 急诊抢救;resident 长期异地居住 / on file, an emergency, or living elsewhere',
  }),
  direction: Type.Optional(DirectionSchema),
});

export const EstimateRequest = Strict({
  insurer: Id,
  insutype: Type.String({ pattern: '^[0-9]{3,6}$', description: '险种' }),
  setting: OneOf(SETTINGS),
  personClass: Type.Optional(
    Type.String({ pattern: '^[0-9A-Za-z-]{1,20}$', description: '人员类别或身份 / person class' }),
  ),
  tier: Type.Optional(
    Type.String({ ...Id, description: '机构等级,默认为本机构 / tier of the institution, ours by default' }),
  ),
  elsewhere: Type.Optional(
    Type.Boolean({ description: '异地就医 / care away from the insured place', default: false }),
  ),
  referral: Type.Optional(Referral),
  referralNumber: Type.Optional(
    Type.String({
      pattern: '^[0-9A-Za-z._:-]{1,64}$',
      description: '在案的转诊或备案编号 / number of a referral or filing on file',
    }),
  ),
  /** The day of the visit; today where absent. */
  day: Type.Optional(Day),
  amounts: Type.Optional(
    Strict({
      total: Positive,
      inScope: Type.Optional(Type.String({ ...Positive, description: '政策范围内,默认为总额' })),
    }),
  ),
  charges: Type.Optional(Type.Array(Charge, { minItems: 1, maxItems: 1_000 })),
  usedDeductible: used('今年(上转时为下级医院)已付的起付线 / deductible already paid'),
  usedCap: used('今年基金已付 / paid by the fund this year'),
  usedOwn: used('今年政策范围内已自付,计入大病 / own in-scope costs this year'),
  usedCritical: used('今年大病已付 / paid for critical illness this year'),
  usedAssistance: used('今年救助已付 / paid by assistance this year'),
  stay: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 100,
      default: 1,
      description: '今年第几次住院 / which stay of the year',
    }),
  ),
});

const Source = Strict({
  part: OneOf(['basic', 'critical', 'assistance']),
  document: Type.String(),
  from: Day,
  to: Type.Optional(Day),
});

const EstimateRow = Strict({
  tier: Id,
  asked: Type.Boolean({ description: '所问的情形 / what was asked for, not a comparison' }),
  referral: OneOf(REFERRAL_STATES),
  direction: Type.Optional(DirectionSchema),
  total: Amount,
  inScope: Amount,
  deductible: Type.String({ ...Amount, description: '本次起付线 / deductible of this bill' }),
  ratio: Type.Array(Strict({ over: Amount, ratio: Type.String() }), {
    description: '调整后的报销比例,分段 / ratios as adjusted, band by band above the deductible',
  }),
  fund: Type.String({ ...Amount, description: '基本医保 / basic insurance' }),
  critical: Type.String({ ...Amount, description: '大病保险 / critical illness' }),
  assistance: Type.String({ ...Amount, description: '医疗救助 / assistance' }),
  patient: Type.String({ ...Amount, description: '个人承担 / the patient' }),
  sources: Type.Array(Source),
});

const Bilingual = Strict({ zh: Type.String(), en: Type.String() });

export const Estimate = Strict({
  estimate: Type.Literal(true),
  notice: Bilingual,
  /** What was assumed because the request didn't say it. */
  assumed: Type.Array(OneOf(['all-in-scope', 'nothing-used', 'no-referral'])),
  rows: Type.Array(EstimateRow),
  /** Comparisons for which the table has no rule. */
  noRule: Type.Array(Strict({ tier: Id, referral: OneOf(REFERRAL_STATES) })),
});

export type EstimateRequest = Static<typeof EstimateRequest>;
export type Estimate = Static<typeof Estimate>;
