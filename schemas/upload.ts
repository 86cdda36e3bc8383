import Type, { type Static } from 'typebox';
import { Id, OneOf, PageQuery, Strict, Timestamp } from './common.ts';

/** Records that were made or changed from one time up to another. */
export const UploadQuery = Strict({
  ...PageQuery,
  from: Timestamp,
  to: Timestamp,
  format: Type.Optional(
    OneOf(['json', 'csv'], { description: 'csv:全部,不分页 / all of them, in one file' }),
  ),
});

export const UploadRecord = Strict({
  referralId: Id,
  record: Type.Record(Type.String(), Type.String(), {
    description:
      '转诊记录表 treatment_referral 的一行,以 jgdm 和 zzjlid 为主键 / one row of the city’s table',
  }),
  missing: Type.Array(Type.String(), { description: '必填而无内容的列 / required columns without content' }),
  cut: Type.Array(Type.String(), { description: '超长而截短的列 / columns that were cut to their length' }),
});

export const UploadPage = Strict({ items: Type.Array(UploadRecord), next: Type.Optional(Type.String()) });

export type UploadRecord = Static<typeof UploadRecord>;
