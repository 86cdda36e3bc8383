import Type, { type Static } from 'typebox';
import { Id, Strict } from './common.ts';

const Words = Type.Optional(Type.String());

const Report = {
  number: Type.String({ description: '报告单号' }),
  name: Type.Optional(Type.String({ description: '检查报告单名称' })),
  category: Type.Optional(Type.String({ description: '报告单类别代码' })),
  date: Type.Optional(Type.String({ description: '报告日期' })),
  positive: Type.Optional(Type.String({ description: '检查结果阳性标志' })),
  abnormal: Type.Optional(Type.String({ description: '检查/检验结果异常标志' })),
  conclusion: Type.Optional(Type.String({ description: '检查结论' })),
};

/** 5401 项目互认信息查询: the reports that an insurer holds of the patient. */
export const HeldReports = Strict({
  insurer: Id,
  items: Type.Array(
    Strict({
      ...Report,
      institution: Strict({
        code: Type.Optional(Type.String({ description: '机构编号' })),
        name: Type.Optional(Type.String({ description: '执行机构名称' })),
      }),
    }),
  ),
});

/** 5402 报告明细信息查询: one of them, with its values. What the insurer leaves out is left out. */
export const HeldReport = Strict({
  insurer: Id,
  ...Report,
  number: Type.String(),
  doctor: Type.Optional(Type.String({ description: '报告医师' })),
  items: Type.Array(Strict({ code: Words, name: Words }), { description: '检验项目' }),
  values: Type.Array(
    Strict({
      code: Words,
      name: Words,
      method: Type.Optional(Type.String({ description: '检验方法' })),
      value: Type.Optional(Type.String({ description: '结果(数值),原文' })),
      words: Type.Optional(Type.String({ description: '结果(定性)' })),
      unit: Type.Optional(Type.String({ description: '计量单位' })),
      reference: Type.Optional(Type.String({ description: '参考值' })),
      abnormal: Words,
    }),
    { description: '检验明细' },
  ),
});

export const HeldReportsParams = Strict({ id: Id, insurer: Id });
export const HeldReportParams = Strict({
  id: Id,
  insurer: Id,
  report: Type.String({ pattern: '^[0-9A-Za-z._-]{1,30}$', description: '报告单号' }),
});
export const HeldReportQuery = Strict({
  institution: Type.String({ pattern: '^[0-9A-Za-z]{1,20}$', description: '出具机构编号 / who issued it' }),
});

export type HeldReports = Static<typeof HeldReports>;
export type HeldReport = Static<typeof HeldReport>;
