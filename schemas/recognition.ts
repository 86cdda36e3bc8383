import Type, { type Static } from 'typebox';
import { Day, Id, OneOf, Strict, Text, Timestamp } from './common.ts';
import { OrganisationCode } from './organisation.ts';

/** Why a result of another institution is not used, so that the examination is done again. */
export const REFUSALS = [
  'condition-changed',
  'changes-fast',
  'decisive',
  'emergency',
  'forensic',
  'expired',
  'quality',
  'other',
] as const;

/** One result, offered to the other end for recognition (检查检验结果互认). The conclusion stays the doctor's. */
const Offer = {
  category: OneOf(['examination', 'laboratory'], { description: '检查或检验' }),
  code: Text(30, '项目代码'),
  name: Text(300, '项目名称'),
  institution: Strict({ code: OrganisationCode, name: Text(70, '出具机构') }),
  performedAt: Timestamp,
  validUntil: Type.Optional(Day),
  value: Type.Optional(Text(2_000, '结果')),
  unit: Type.Optional(Text(200, '计量单位')),
  reference: Type.Optional(Text(200, '参考值')),
  /** The report, as a file of the same referral. */
  attachmentId: Type.Optional(Id),
};

export const OfferedResult = Strict(Offer);
export const OfferResults = Strict({ items: Type.Array(OfferedResult, { minItems: 1, maxItems: 50 }) });

export const Recognition = Strict({
  use: OneOf(['used', 'refused'], { description: 'used 采用;refused 不采用,须有原因' }),
  reason: Type.Optional(
    OneOf(REFUSALS, {
      description:
        'condition-changed 病情变化、与临床不符;changes-fast 变化较快;decisive 对诊疗意义重大;emergency 急诊急救;forensic 司法、伤残等鉴定;expired 已过有效期;quality 质量不足;other 其他',
    }),
  ),
  text: Type.Optional(Text(500)),
});

export const Result = Strict({
  number: Type.Integer({ minimum: 1 }),
  by: OneOf(['initiator', 'recipient']),
  ...Offer,
  recognition: Type.Optional(Strict({ ...Recognition.properties, at: Timestamp })),
});
export const ResultList = Strict({ items: Type.Array(Result) });
export const ResultParams = Strict({ id: Id, number: Type.Integer({ minimum: 1, maximum: 10_000 }) });

/** The body of a referral.result message: one result offered. */
export const ResultMessage = Strict({
  version: Type.Literal(1),
  caseId: Id,
  by: OneOf(['initiator', 'recipient']),
  number: Type.Integer({ minimum: 1, maximum: 10_000 }),
  at: Timestamp,
  result: OfferedResult,
});

/** The body of a referral.recognition message: what the other end made of a result. */
export const RecognitionMessage = Strict({
  version: Type.Literal(1),
  caseId: Id,
  /** Who offered the result. */
  by: OneOf(['initiator', 'recipient']),
  number: Type.Integer({ minimum: 1, maximum: 10_000 }),
  at: Timestamp,
  recognition: Recognition,
});

export type OfferedResult = Static<typeof OfferedResult>;
export type Recognition = Static<typeof Recognition>;
export type Result = Static<typeof Result>;
