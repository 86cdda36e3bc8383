import Type, { type Static } from 'typebox';
import { Day, Id, OneOf, Strict } from './common.ts';
import { Organisation } from './organisation.ts';

/** A value of a national code table: its code, what the table calls it, and the table. */
export const Coded = Strict({
  code: Type.String(),
  name: Type.String(),
  table: Type.String({ description: '代码表 / the code table' }),
});

const Age = Strict({
  years: Type.Integer({ description: '年龄(岁)' }),
  months: Type.Integer({ description: '不足一岁部分的月数 / months beyond the whole years' }),
  text: Type.String({ description: '表单上的写法,如 44岁、8月 / as the form shows it' }),
});

/** 患者姓名、性别、年龄. What is not known stays blank on the form. */
const FormPatient = Strict({
  name: Type.String(),
  sex: Coded,
  birthDate: Type.Optional(Day),
  age: Type.Optional(Age),
  document: Strict({ type: Coded, number: Type.String() }),
});

/** 存根 has where the patient lives beside it. */
const StubPatient = Strict({
  ...FormPatient.properties,
  recordNumber: Type.Optional(Type.String({ description: '档案编号' })),
  address: Type.Optional(Type.String({ description: '家庭住址' })),
  phone: Type.Optional(Type.String({ description: '联系电话' })),
});

const Signature = Strict({
  name: Type.String({ description: '转诊医生(签字)' }),
  phone: Type.Optional(Type.String({ description: '联系电话' })),
});

const Head = {
  number: Id,
  title: Type.String(),
};

/** 双向转诊(转出)单, 国家基本公共卫生服务规范. */
export const OutgoingForm = Strict(
  {
    form: Type.Literal('outgoing'),
    ...Head,
    stub: Strict(
      {
        patient: StubPatient,
        date: Day,
        organisation: Organisation,
        department: Type.String({ description: '转入科室' }),
        receivingDoctor: Type.Optional(Type.String({ description: '接诊医生' })),
        doctor: Type.String({ description: '转诊医生(签字)' }),
        signedOn: Day,
      },
      { description: '存根 / stub' },
    ),
    letter: Strict({
      to: Organisation,
      patient: FormPatient,
      impression: Type.String({ description: '初步印象' }),
      presentIllness: Type.String({ description: '主要现病史(转出原因)' }),
      pastHistory: Type.Optional(Type.String({ description: '主要既往史' })),
      treatment: Type.Optional(Type.String({ description: '治疗经过' })),
      doctor: Signature,
      organisation: Organisation,
      date: Day,
    }),
    local: Strict(
      {
        cardNumber: Type.Optional(Type.String({ description: '医保证(卡)号' })),
        allergies: Type.Optional(Type.String({ description: '过敏史' })),
        instructions: Type.Optional(Type.String({ description: '患者须知' })),
      },
      { description: '地方增加的栏目 / what local forms add' },
    ),
  },
  { description: '双向转诊(转出)单 / the outgoing form' },
);

/** 双向转诊(回转)单. */
export const ReturnForm = Strict(
  {
    form: Type.Literal('return'),
    ...Head,
    stub: Strict(
      {
        patient: StubPatient,
        inpatientNumber: Type.Optional(Type.String({ description: '病案号' })),
        date: Day,
        organisation: Organisation,
        receivingDoctor: Type.Optional(Type.String({ description: '接诊医生' })),
        doctor: Type.String({ description: '转诊医生(签字)' }),
        signedOn: Day,
      },
      { description: '存根 / stub' },
    ),
    letter: Strict({
      to: Organisation,
      patient: FormPatient,
      diagnosis: Type.String({ description: '诊断结果' }),
      inpatientNumber: Type.Optional(Type.String({ description: '住院病案号' })),
      findings: Type.Optional(Type.String({ description: '主要检查结果' })),
      treatment: Type.Optional(Type.String({ description: '治疗经过' })),
      nextPlan: Type.Optional(Type.String({ description: '下一步治疗方案' })),
      rehabilitation: Type.Optional(Type.String({ description: '康复建议' })),
      doctor: Signature,
      organisation: Organisation,
      date: Day,
    }),
  },
  { description: '双向转诊(回转)单 / the return form' },
);

export const FORMS = ['outgoing', 'return'] as const;
export type FormName = (typeof FORMS)[number];
export const FormParams = Strict({
  id: Id,
  form: OneOf(FORMS, { description: 'outgoing 转出单;return 回转单' }),
});

export type Coded = Static<typeof Coded>;
export type OutgoingForm = Static<typeof OutgoingForm>;
export type ReturnForm = Static<typeof ReturnForm>;
export type ReferralForm = OutgoingForm | ReturnForm;
