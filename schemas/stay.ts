import Type, { type Static } from 'typebox';
import { Amount, Id, OneOf, PageQuery, Strict, Text, Timestamp } from './common.ts';
import { Operator, Person } from './eligibility.ts';
import { FindingOf } from './finding.ts';
import { Cause, Charge, Diagnosis } from './settlement.ts';
import { STAY_ACTS, STAY_EVENTS, STAY_FINDINGS, STAY_STATES } from './stay-words.ts';
import { UsedReferral, WhichReferral } from './visit-referral.ts';

const Code = Type.String({ pattern: '^[0-9A-Za-z._-]{1,50}$' });
const StayNumber = Type.String({ pattern: '^[0-9A-Za-z._-]{1,30}$', description: '住院号,每次住院唯一' });
const Diagnoses = Type.Array(Diagnosis, {
  minItems: 1,
  maxItems: 30,
  description: '主要诊断在前 / the main diagnosis first',
});

/** What of a stay may change while it goes on. */
const Particulars = {
  medType: Type.String({
    pattern: '^[0-9]{2,6}$',
    description: '医疗类别:2101 或 21 普通住院、52 生育住院…',
  }),
  admittedAt: Timestamp,
  departmentCode: Code,
  departmentName: Text(50, '科室名称'),
  departmentClass: Type.String({ pattern: '^[0-9A-Za-z.]{1,10}$', description: '科别' }),
  doctorCode: Code,
  doctorName: Text(50, '医师姓名'),
  bed: Type.Optional(Text(30, '床位')),
  ward: Type.Optional(Text(50, '病区')),
  diagnoses: Diagnoses,
  condition: Type.Optional(Text(1_000, '主要病情描述')),
  emergency: Type.Optional(Type.Boolean({ description: '急诊或抢救住院 / an emergency' })),
  injury: Type.Optional(
    Strict({ thirdParty: Type.Boolean({ description: '有第三方责任 / a third party is liable' }) }),
  ),
  patientGroup: Type.Optional(
    Type.String({ pattern: '^[1-4]$', description: '就诊人群类型 mdtrt_grp_type' }),
  ),
};

export const StayRequest = Strict({
  insurer: Id,
  number: StayNumber,
  ...Person,
  operator: Type.Optional(Operator),
  insutype: Type.Optional(Type.String({ pattern: '^[0-9]{3,6}$', description: '险种,有多个时必填' })),
  ...Particulars,
  ...WhichReferral,
});

/** What has changed (2403); what is left out stays. */
export const StayChangeRequest = Type.Partial(Strict(Particulars), {
  additionalProperties: false,
  minProperties: 1,
});

export const StayChargesRequest = Strict({
  charges: Type.Array(Strict({ ...Charge.properties, occurredAt: Timestamp }), {
    minItems: 1,
    maxItems: 10_000,
    description: '费用,明细号在一次住院内永远唯一 / line numbers are used once for ever',
  }),
});

export const StayWithdrawRequest = Strict({
  lines: Type.Array(Charge.properties.line, { minItems: 1, maxItems: 100, uniqueItems: true }),
});

export const StayDischargeRequest = Strict({
  at: Timestamp,
  way: OneOf(['1', '2', '3', '4', '5', '9'], {
    description:
      '离院方式:1 医嘱离院、2 医嘱转院、3 转社区或乡镇、4 非医嘱离院、5 死亡、9 其他 / 1 on the doctor’s word, 2 to another hospital, 3 to a community or township centre, 4 against advice, 5 died, 9 other',
  }),
  departmentCode: Code,
  departmentName: Text(50, '出院科室'),
  bed: Type.Optional(Text(30, '出院床位')),
  diagnoses: Diagnoses,
});

export const StayReviewRequest = Strict({
  found: OneOf(STAY_FINDINGS, { description: '与医保核对的结论 / what was found' }),
  note: Text(500, '核对的依据 / how it was found'),
});

export const StayQuery = Strict({
  state: Type.Optional(OneOf(STAY_STATES)),
  number: Type.Optional(StayNumber),
  limit: PageQuery.limit,
  after: Type.Optional(Id),
});

const Head = {
  id: Id,
  insurer: Id,
  number: Type.String(),
  state: OneOf(STAY_STATES),
  act: Type.Optional(
    OneOf(STAY_ACTS, {
      description: '正在做、查或待核对的操作 / what is under way, in doubt or to be reviewed',
    }),
  ),
  version: Type.Integer(),
  actions: Type.Array(OneOf([...STAY_ACTS, 'abandon', 'review']), {
    description: '现在可以做什么 / what may be done now',
  }),
  admittedAt: Timestamp,
  dischargedAt: Type.Optional(Timestamp),
  createdAt: Timestamp,
  updatedAt: Timestamp,
};

export const StayCharges = Strict(
  {
    lines: Type.Integer({ description: '在医保的费用条数 / charges at the insurer' }),
    total: Amount,
    freeLines: Type.Integer({ description: '未结算的条数 / those that no settlement has taken' }),
    free: Amount,
    underWay: Type.Integer({ description: '正在上传或撤回的条数 / being sent or taken back' }),
    withdrawn: Type.Integer(),
    fullOwn: Amount,
    overLimit: Amount,
    firstOwn: Amount,
    inScope: Amount,
    undivided: Type.Integer({
      description: '医保没有告知分割的条数 / charges of which the insurer has not told the division',
    }),
  },
  { description: '费用汇总 / the charges, summed up' },
);

export const StayHistoryEntry = Strict({
  seq: Type.Integer(),
  at: Timestamp,
  from: Type.Optional(OneOf(STAY_STATES)),
  to: OneOf(STAY_STATES),
  event: OneOf(['create', ...STAY_EVENTS]),
  act: Type.Optional(OneOf(STAY_ACTS)),
  by: Type.String({ description: '接口客户,或 gateway / the API client, or gateway' }),
  code: Type.Optional(Type.String()),
  note: Type.Optional(Type.String()),
});

export const Stay = Strict({
  ...Head,
  cause: Type.Optional(Cause),
  exchangeId: Type.Optional(
    Type.String({
      ...Id,
      description: '正在做、查或待核对的往来 / the exchange of the act under way, or in question',
    }),
  ),
  findings: Type.Array(FindingOf(STAY_FINDINGS, STAY_STATES), {
    description: 'review 可以登记的结论及其后果 / what review may say, and what follows',
  }),
  referral: Type.Optional(UsedReferral),
  charges: StayCharges,
  history: Type.Array(StayHistoryEntry, { description: '新的在前 / newest first' }),
});

export const StaySummary = Strict({ ...Head, cause: Type.Optional(Type.String()) });
export const StayList = Strict({ items: Type.Array(StaySummary), next: Type.Optional(Id) });

export type StayRequest = Static<typeof StayRequest>;
export type StayChangeRequest = Static<typeof StayChangeRequest>;
export type StayChargesRequest = Static<typeof StayChargesRequest>;
export type StayDischargeRequest = Static<typeof StayDischargeRequest>;
export type StayQuery = Static<typeof StayQuery>;
export type Stay = Static<typeof Stay>;
export type StaySummary = Static<typeof StaySummary>;
