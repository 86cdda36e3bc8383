import Type, { type Static } from 'typebox';
import { EVENTS, STATES } from '../src/settlement/machine.ts';
import { Amount, Id, OneOf, PageQuery, Strict, Text, Timestamp } from './common.ts';
import { Operator, Person } from './eligibility.ts';
import { FindingOf } from './finding.ts';
import { FINDINGS, PLACES, SETTINGS } from './settlement-words.ts';
import { UsedReferral, WhichReferral } from './visit-referral.ts';

const Code = Type.String({ pattern: '^[0-9A-Za-z._-]{1,50}$' });

export const Visit = Strict({
  billNumber: Type.String({ pattern: '^[0-9A-Za-z._-]{1,40}$', description: '收费单据号,每张账单唯一' }),
  number: Type.String({ pattern: '^[0-9A-Za-z._-]{1,30}$', description: '门诊号' }),
  medType: Type.String({ pattern: '^[0-9]{2,6}$', description: '医疗类别:11 普通门诊、14 慢特病…' }),
  departmentCode: Code,
  departmentName: Text(50, '科室名称'),
  departmentClass: Type.String({ pattern: '^[0-9A-Za-z.]{1,10}$', description: '科别' }),
  doctorCode: Code,
  doctorName: Text(50, '医师姓名'),
  startedAt: Timestamp,
  disease: Type.Optional(Strict({ code: Code, name: Text(100, '病种名称') })),
  emergency: Type.Optional(
    Type.Boolean({ description: '急诊,异地急诊视同备案 / an emergency counts as filed' }),
  ),
  injury: Type.Optional(
    Strict({ thirdParty: Type.Boolean({ description: '有第三方责任 / a third party is liable' }) }),
  ),
  patientGroup: Type.Optional(
    Type.String({
      pattern: '^[1-4]$',
      description: '突发公共卫生事件中的就诊人群类型 mdtrt_grp_type / in a public-health emergency',
    }),
  ),
  insutype: Type.Optional(Type.String({ pattern: '^[0-9]{3,6}$', description: '险种,有多个时必填' })),
});

export const Diagnosis = Strict({ code: Code, name: Text(100, '诊断名称') });

export const Charge = Strict({
  line: Type.String({ pattern: '^[0-9A-Za-z._-]{1,30}$', description: '明细号,一张账单内唯一' }),
  nationalCode: Type.String({ pattern: '^[0-9A-Za-z._-]{1,50}$', description: '医保目录编码' }),
  localCode: Type.String({ pattern: '^[0-9A-Za-z._-]{1,150}$', description: '院内编码' }),
  name: Text(100, '项目名称'),
  count: Type.String({ pattern: '^[0-9]{1,12}(\\.[0-9]{1,4})?$', description: '数量,最多 4 位小数' }),
  price: Type.String({ pattern: '^[0-9]{1,10}(\\.[0-9]{1,6})?$', description: '单价,元,最多 6 位小数' }),
  amount: Amount,
});

export const SettlementRequest = Strict({
  insurers: Type.Array(Id, {
    minItems: 1,
    maxItems: 6,
    uniqueItems: true,
    description:
      '支付方,按一站式顺序:基本医保、补充、救助、其他、钱包或移动支付或现金 / payers in the legal order: basic, supplementary, assistance, other, then purse, mobile or cash',
  }),
  setting: Type.Optional(OneOf(SETTINGS, { description: '就诊类型,默认 outpatient / default outpatient' })),
  ...Person,
  operator: Type.Optional(Operator),
  visit: Visit,
  diagnoses: Type.Array(Diagnosis, {
    maxItems: 30,
    description: '仅挂号可以没有 / none only for a registration',
  }),
  charges: Type.Array(Charge, {
    maxItems: 10_000,
    description: '住院结算为空:费用已上传到住院 / empty for a stay, whose charges were uploaded to it',
  }),
  ...WhichReferral,
  stayId: Type.Optional(Id),
  purseReaderId: Type.Optional(Id),
  useFamilyAccount: Type.Optional(
    Type.Boolean({ default: false, description: '是否使用家庭共济账户 / whether a family account may pay' }),
  ),
  useAccount: Type.Optional(Type.Boolean({ default: true, description: '是否使用个人账户' })),
  total: Type.Optional(Amount),
  confirm: Type.Optional(
    Type.Boolean({ default: false, description: '试算后直接结算 / settle at once when quoted' }),
  ),
});

const WhyReversed = Strict({ reason: Type.Optional(Text(200, '撤销原因')) });

/** Why money goes back, for whoever asks later; a request may come without a body. */
export const ReverseRequest = Type.Unsafe<Static<typeof WhyReversed> | null>({
  ...WhyReversed,
  type: ['object', 'null'],
});

export const ReviewRequest = Strict({
  found: OneOf(FINDINGS, { description: '与医保核对的结论 / what was found' }),
  note: Text(500, '核对的依据 / how it was found'),
  number: Type.Optional(
    Type.String({ pattern: '^[0-9A-Za-z]{1,40}$', description: '医保结算编号,网关不知道时必填 / setl_id' }),
  ),
});

export const SettlementQuery = Strict({
  state: Type.Optional(OneOf(STATES)),
  billNumber: Type.Optional(Type.String({ pattern: '^[0-9A-Za-z._-]{1,40}$' })),
  limit: PageQuery.limit,
  after: Type.Optional(Id),
});

/** A person's settlements: the person stands in the body, since addresses end up in logs. */
export const SettlementSearch = Strict({
  ...Person,
  limit: PageQuery.limit,
  after: Type.Optional(Id),
});

export const FUNDS = [
  'pooled',
  'civil-servant',
  'enterprise',
  'serious-illness',
  'large-amount',
  'assistance',
  'disability',
  'other',
] as const;

/** Who pays what. The patient pays `account` from the personal account and `cash` otherwise. */
export const Split = Strict({
  total: Amount,
  fund: Amount,
  account: Amount,
  paid: Type.Optional(
    Type.String({
      ...Amount,
      description: '由钱包、移动支付或现金付清 / paid from the purse, by phone, in cash',
    }),
  ),
  cash: Amount,
  hospital: Amount,
  funds: Type.Array(Strict({ fund: OneOf(FUNDS), code: Type.String(), amount: Amount })),
  fullOwn: Type.String({ ...Amount, description: '全自费' }),
  overLimit: Type.String({ ...Amount, description: '超限价' }),
  firstOwn: Type.String({ ...Amount, description: '先行自付' }),
  inScope: Type.String({ ...Amount, description: '政策范围内' }),
  deductible: Type.String({ ...Amount, description: '起付线' }),
  balance: Type.Optional(Type.String({ ...Amount, description: '账户余额' })),
});

const Bilingual = Strict({ zh: Type.String(), en: Type.String() });

export const Cause = Strict({
  code: Type.String({ description: '错误码,见 docs/errors.md / a code of the error table' }),
  title: Bilingual,
  next: Bilingual,
  reason: Type.Optional(Type.String({ description: '对方的原话,号码已遮盖 / their words, numbers masked' })),
});

export const Leg = Strict({
  insurer: Id,
  place: OneOf(PLACES),
  state: OneOf(STATES),
  quote: Type.Optional(Split),
  settled: Type.Optional(Split),
  number: Type.Optional(Type.String({ description: '医保结算编号 / the insurer’s number' })),
  settledAt: Type.Optional(Timestamp),
  reversalNumber: Type.Optional(Type.String({ description: '撤销的结算编号' })),
  reversedAt: Type.Optional(Timestamp),
});

export const HistoryEntry = Strict({
  seq: Type.Integer(),
  at: Timestamp,
  from: Type.Optional(OneOf(STATES)),
  to: OneOf(STATES),
  event: OneOf(['create', ...EVENTS]),
  by: Type.String({ description: '接口客户,或 gateway / the API client, or gateway' }),
  code: Type.Optional(Type.String()),
  note: Type.Optional(Type.String()),
});

const Head = {
  id: Id,
  state: OneOf(STATES),
  doubtOf: Type.Optional(
    OneOf(['settle', 'reverse'], { description: '哪一步没有应答 / which step got no answer' }),
  ),
  version: Type.Integer(),
  actions: Type.Array(OneOf(['quote', 'confirm', 'reverse', 'abandon', 'review']), {
    description: '现在可以做什么 / what may be done now',
  }),
  billNumber: Type.String(),
  total: Amount,
  fund: Type.Optional(Amount),
  account: Type.Optional(Amount),
  paid: Type.Optional(Amount),
  cash: Type.Optional(Amount),
  nextCheckAt: Type.Optional(
    Type.String({
      ...Timestamp,
      description: 'in-doubt:网关最迟何时再查 / when the gateway looks again, at the latest',
    }),
  ),
  createdAt: Timestamp,
  updatedAt: Timestamp,
};

export const Settlement = Strict({
  ...Head,
  cause: Type.Optional(Cause),
  inQuestion: Type.Optional(
    Strict(
      { insurer: Id, exchangeId: Type.Optional(Id) },
      {
        description:
          'in-doubt、needs-review:哪个支付方的哪次往来没有可靠的结果 / which exchange with which payer is in question',
      },
    ),
  ),
  findings: Type.Array(FindingOf(FINDINGS, STATES), {
    description: 'review 可以登记的结论及其后果 / what review may say, and what follows',
  }),
  referral: Type.Optional(UsedReferral),
  legs: Type.Array(Leg),
  history: Type.Array(HistoryEntry),
});

export const SettlementSummary = Strict({
  ...Head,
  insurers: Type.Array(Id),
  cause: Type.Optional(Type.String()),
});

export const SettlementList = Strict({ items: Type.Array(SettlementSummary), next: Type.Optional(Id) });

export type SettlementRequest = Static<typeof SettlementRequest>;
export type Settlement = Static<typeof Settlement>;
export type SettlementList = Static<typeof SettlementList>;
export type SettlementSummary = Static<typeof SettlementSummary>;
export type SettlementSearch = Static<typeof SettlementSearch>;
export type SettlementQuery = Static<typeof SettlementQuery>;
export type ReverseRequest = Static<typeof ReverseRequest>;
export type ReviewRequest = Static<typeof ReviewRequest>;
export type Split = Static<typeof Split>;
export type Cause = Static<typeof Cause>;
