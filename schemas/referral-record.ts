import Type, { type Static } from 'typebox';
import { Id, OneOf, Strict } from './common.ts';

const ElementName = Type.String({ description: '数据元 / the data element' });
const GroupName = Type.String({ description: '数据组 / the group of the data set' });
const Occurrence = Type.Optional(
  Type.String({ description: '同组多次出现时是哪一次 / which of several occurrences of the group' }),
);

const RecordElement = Strict({
  name: ElementName,
  value: Type.String(),
  code: Type.Optional(Type.String()),
  table: Type.Optional(Type.String({ description: '代码表 / the code table' })),
});

/** WS 445.16-2014 电子病历基本数据集 第16部分:转诊(院)记录. */
export const ReferralRecord = Strict(
  {
    standard: Type.Literal('WS 445.16-2014'),
    title: Type.Literal('转诊(院)记录'),
    number: Id,
    groups: Type.Array(
      Strict({ group: GroupName, occurrence: Occurrence, elements: Type.Array(RecordElement) }),
    ),
    missing: Type.Array(
      Strict({ group: GroupName, occurrence: Occurrence, elements: Type.Array(ElementName) }),
      { description: '转诊中没有的数据元 / what the referral does not hold' },
    ),
  },
  { description: '转诊(院)记录数据集 / the data set of a referral' },
);

export const RecordParams = Strict({ id: Id });

/** 四川双向转诊-住院: see src/referral/forms/sichuan. */
export const SichuanParams = Strict({
  id: Id,
  activity: OneOf(['C01001', 'C01002', 'C01003', 'C01004'], {
    description: 'C01001 转诊预约申请;C01002 转诊预约应答;C01003 患者到诊应答;C01004 上传完整病历',
  }),
});

export type RecordElement = Static<typeof RecordElement>;
export type ReferralRecord = Static<typeof ReferralRecord>;
