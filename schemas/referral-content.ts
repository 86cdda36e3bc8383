import Type from 'typebox';
import { OneOf, Strict, Text, Timestamp } from './common.ts';
import { Identity } from './identity.ts';

/** What the two forms of a referral say, and what both sides tell each other about it. */

const Phone = Type.String({ pattern: '^[0-9+() -]{3,25}$', description: '电话 / telephone' });

export const Department = Strict({ code: Type.Optional(Text(20, '科室代码')), name: Text(50, '科室名称') });

/** 工号; at a page the name of the sign-in stands for it, so that it may be as long as one. */
export const StaffNumber = Text(32, '工号');

export const Doctor = Strict({
  name: Text(50, '转诊医生'),
  phone: Type.Optional(Phone),
  number: Type.Optional(StaffNumber),
});

/** The patient: the identity of a reading or of the HIS, and how to reach them. */
export const Contact = {
  phone: Type.Optional(Phone),
  address: Type.Optional(Text(200, '家庭住址')),
  /** 档案编号 of the outgoing form. */
  recordNumber: Type.Optional(Text(40, '档案编号')),
};

export const Patient = Strict({ identity: Identity, ...Contact });

/** 双向转诊(转出)单, 国家基本公共卫生服务规范. */
export const ReferralForm = Strict({
  impression: Text(500, '初步印象'),
  presentIllness: Text(2_000, '主要现病史(转出原因)'),
  pastHistory: Type.Optional(Text(2_000, '主要既往史')),
  treatment: Type.Optional(Text(2_000, '治疗经过')),
  allergies: Type.Optional(Text(500, '过敏史')),
  doctor: Doctor,
});

/** 双向转诊(回转)单: what comes back when the referral is completed. */
export const Outcome = Strict({
  diagnosis: Text(500, '诊断结果'),
  inpatientNumber: Type.Optional(Text(40, '住院病案号')),
  findings: Type.Optional(Text(4_000, '主要检查结果')),
  treatment: Type.Optional(Text(4_000, '治疗经过')),
  nextPlan: Type.Optional(Text(2_000, '下一步治疗方案')),
  rehabilitation: Type.Optional(Text(2_000, '康复建议')),
  doctor: Doctor,
});

export const Appointment = Strict({
  at: Timestamp,
  department: Department,
  doctor: Type.Optional(Text(50, '接诊医生')),
  place: Type.Optional(Text(100, '就诊地点')),
  instructions: Type.Optional(Text(500, '患者须知')),
});

export const Reason = Strict({ code: Type.Optional(Text(32, '原因代码')), text: Text(500, '原因') });

/** The patient's consent. Deferred: an emergency, to be signed within 24 hours. */
export const Consent = Strict({
  given: OneOf(['written', 'oral', 'deferred']),
  by: OneOf(['patient', 'guardian', 'relative']),
  at: Type.Optional(Timestamp),
});
