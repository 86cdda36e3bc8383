import Type, { type Static } from 'typebox';
import { Day, Id, OneOf, PageQuery, Strict, Text, Timestamp } from './common.ts';
import { Operator, Person } from './eligibility.ts';
import { FindingOf } from './finding.ts';
import { Cause } from './settlement.ts';
import { FILING_FINDINGS, FILING_KINDS, FILING_STATES } from './settlement-words.ts';

const Institution = Type.String({ pattern: '^[0-9A-Za-z]{4,12}$', description: '定点医药机构编号' });
const Code = (maxLength: number) => Type.String({ pattern: `^[0-9A-Za-z._-]{1,${maxLength}}$` });
const Insutype = Type.String({ pattern: '^[0-9]{3,6}$', description: '险种,有多个时必填' });

/** 转院备案, 2501. */
const Transfer = Strict({
  diagnosis: Strict({ code: Code(20), name: Text(100, '诊断名称') }),
  toCode: Institution,
  toName: Text(200, '转往医院名称'),
  toDivision: Type.String({
    pattern: '^[0-9]{6}$',
    description: '就医地行政区划 / division of the place of care',
  }),
  reach: OneOf(['1', '2', '3'], { description: 'refl_type:1 市内,2 省内异地,3 省外' }),
  date: Day,
  reason: Text(100, '转院原因'),
  opinion: Text(200, '转院意见'),
  condition: Type.Optional(Text(2_000, '病情描述')),
  hospitalAgrees: Type.Optional(Type.Boolean({ description: '医院同意转院' })),
});

/** 慢特病备案, 2503. */
const Chronic = Strict({
  disease: Strict({ code: Code(30), name: Text(300, '病种名称') }),
  hospitalCode: Code(30),
  hospitalName: Text(200, '鉴定医院名称'),
  doctorCode: Code(30),
  doctorName: Text(50, '诊断医师姓名'),
  identifiedOn: Day,
});

/** 定点备案, 2505. */
const Designated = Strict({
  business: Type.String({
    pattern: '^[0-9]{2}$',
    description: 'biz_appy_type:03 定点,05 家庭医生签约,06 转诊,07 异地急诊,08 异地安置',
  }),
  order: Type.Integer({ minimum: 1, maximum: 999, description: '定点排序号' }),
  institutionCode: Institution,
  institutionName: Text(200, '定点机构名称'),
});

const content = {
  insutype: Type.Optional(Insutype),
  from: Day,
  to: Type.Optional(Day),
  telephone: Type.Optional(Type.String({ pattern: '^[0-9+() -]{3,25}$', description: '联系电话' })),
  address: Type.Optional(Text(200, '联系地址')),
  transfer: Type.Optional(Transfer),
  chronic: Type.Optional(Chronic),
  designated: Type.Optional(Designated),
};

/** Exactly one of `transfer`, `chronic` and `designated`. */
export const FilingRequest = Strict({
  insurer: Id,
  ...Person,
  operator: Type.Optional(Operator),
  referralId: Type.Optional(Id),
  ...content,
});

const FilingNumber = Type.String({
  pattern: '^[0-9A-Za-z]{1,30}$',
  description: '备案流水号 / trt_dcla_detl_sn',
});

export const FilingWithdrawal = Strict({
  reason: Text(200, '撤销原因'),
  number: Type.Optional(FilingNumber),
});

export const FilingReview = Strict({
  found: OneOf(FILING_FINDINGS, { description: '与医保核对的结论 / what was found' }),
  note: Text(500, '核对的依据 / how it was found'),
  number: Type.Optional(FilingNumber),
});

/** What the insurer has on file of a person, whoever filed it. */
export const OnFileRequest = Strict({
  insurer: Id,
  kind: OneOf(FILING_KINDS),
  ...Person,
  insutype: Type.Optional(Insutype),
  operator: Type.Optional(Operator),
  since: Type.Optional(Day),
  business: Type.Optional(Designated.properties.business),
});

export const OnFileList = Strict({
  items: Type.Array(
    Strict({
      kind: OneOf(FILING_KINDS),
      from: Type.String(),
      to: Type.Optional(Type.String()),
      about: Type.String({ description: '病种或机构编码 / code of the disease or the institution' }),
      number: Type.Optional(Type.String()),
    }),
  ),
  exchangeId: Id,
});

const Head = {
  id: Id,
  insurer: Id,
  kind: OneOf(FILING_KINDS),
  state: OneOf(FILING_STATES),
  doubtOf: Type.Optional(OneOf(['file', 'withdraw'])),
  version: Type.Integer(),
  actions: Type.Array(OneOf(['withdraw', 'check', 'review']), {
    description: '现在可以做什么 / what may be done now',
  }),
  number: Type.Optional(Type.String({ description: '备案流水号 / the insurer’s number' })),
  referralId: Type.Optional(Id),
  person: Strict({ name: Type.String(), documentNumber: Type.String() }, { description: '已遮盖 / masked' }),
  createdAt: Timestamp,
  updatedAt: Timestamp,
};

export const FilingSummary = Strict({ ...Head, cause: Type.Optional(Type.String()) });

export const Filing = Strict({
  ...Head,
  ...content,
  cause: Type.Optional(Cause),
  exchangeId: Type.Optional(
    Type.String({
      ...Id,
      description: '备案或撤销的往来 / the exchange that filed or withdrew, or is in question',
    }),
  ),
  findings: Type.Array(FindingOf(FILING_FINDINGS, FILING_STATES), {
    description: 'review 可以登记的结论及其后果 / what review may say, and what follows',
  }),
  history: Type.Array(
    Strict({
      version: Type.Integer(),
      at: Timestamp,
      from: Type.Optional(OneOf(FILING_STATES)),
      to: OneOf(FILING_STATES),
      event: Type.String(),
      by: Type.String({ description: '接口客户,或 gateway / the API client, or gateway' }),
      code: Type.Optional(Type.String()),
      note: Type.Optional(Type.String()),
    }),
  ),
});

export const FilingQuery = Strict({
  kind: Type.Optional(OneOf(FILING_KINDS)),
  state: Type.Optional(OneOf(FILING_STATES)),
  insurer: Type.Optional(Id),
  referralId: Type.Optional(Id),
  readingId: Type.Optional(Type.String({ ...Id, description: '读卡记录所指的人 / the person of a reading' })),
  limit: PageQuery.limit,
  after: Type.Optional(Id),
});

export const FilingList = Strict({ items: Type.Array(FilingSummary), next: Type.Optional(Id) });

export type FilingRequest = Static<typeof FilingRequest>;
export type FilingReview = Static<typeof FilingReview>;
export type FilingWithdrawal = Static<typeof FilingWithdrawal>;
export type FilingQuery = Static<typeof FilingQuery>;
export type FilingSummary = Static<typeof FilingSummary>;
export type Filing = Static<typeof Filing>;
export type OnFileList = Static<typeof OnFileList>;
export type OnFileRequest = Static<typeof OnFileRequest>;
