import Type, { type Static } from 'typebox';
import { Day, Id, OneOf, Strict, Text } from './common.ts';

/** What the insurer asks of a report beside the result (4501, 4502). */
export const UploadResult = Strict({
  visitNumber: Type.String({ pattern: '^[0-9A-Za-z._-]{1,30}$', description: '就医流水号 mdtrt_sn' }),
  visitId: Type.Optional(
    Type.String({ pattern: '^[0-9A-Za-z._-]{1,30}$', description: '医保就诊ID mdtrt_id' }),
  ),
  report: Type.String({ pattern: '^[0-9A-Za-z._-]{1,30}$', description: '报告单号' }),
  reportName: Type.Optional(Text(50, '检查报告单名称')),
  reportClass: Type.Optional(
    Type.String({ pattern: '^[0-9A-Za-z]{1,30}$', description: '报告单类别代码 rpotc_type_code' }),
  ),
  reportedOn: Type.Optional({ ...Day, description: '报告日期,默认为检查日期' }),
  doctor: Type.Optional(Text(30, '报告医师 / 开单医生')),
  institution: Type.Optional(
    Type.String({
      pattern: '^[0-9A-Za-z]{1,20}$',
      description: '本机构的医保编号,与机构编码不同时必填 / our number at the insurer, where it is another',
    }),
  ),
});

export const UploadedResult = Strict({
  insurer: Id,
  transaction: OneOf(['4501', '4502']),
  report: Type.String(),
  already: Type.Boolean({
    description: '医保已有这份报告,没有再次上传 / the insurer had it: nothing was sent',
  }),
  exchangeId: Type.Optional(Id),
});

export const UploadResultParams = Strict({
  id: Id,
  number: Type.Integer({ minimum: 1, maximum: 10_000 }),
  insurer: Id,
});

export type UploadResult = Static<typeof UploadResult>;
export type UploadedResult = Static<typeof UploadedResult>;
