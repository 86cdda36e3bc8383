import { transaction } from '../../referral/fhir/package.ts';

/** The two organisations of the bench: who refers, and to whom. */
export const ORGANISATIONS = [
  { code: 'H11111100001', name: '示例镇卫生院', level: 'township' },
  { code: 'H11111100009', name: '示例县人民医院', level: 'county' },
] as const;

/** The referral that is sent again and again: what a township's doctor writes of one patient. */
export const CREATION = {
  to: ORGANISATIONS[1].code,
  priority: 'routine',
  department: { code: '0301', name: '心血管内科' },
  patient: {
    identity: {
      documentType: 'resident-id',
      documentNumber: '111111198101011110',
      name: '张三',
      sex: 'male',
      birthDate: '1981-01-01',
    },
    phone: '13800000000',
    address: '某县某镇前进村 1 号',
  },
  form: {
    impression: '原发性高血压 2 级,高危',
    presentIllness: '反复头晕三个月,加重一周,血压最高 178/106 mmHg,伴阵发性心悸,无胸痛、晕厥。',
    pastHistory: '2 型糖尿病五年',
    treatment: '氨氯地平 5 mg 每日一次,血压控制不佳',
    allergies: '无',
    doctor: { name: '示例医师', phone: '0000-1234567' },
  },
  consent: { given: 'written', by: 'patient' },
} as const;

/** A referral as a HIS that speaks FHIR writes it: Patient, ServiceRequest and Task in one transaction. */
export const BUNDLE: object = transaction({
  request: { performer: [{ reference: `Organization/${ORGANISATIONS[1].code}` }] },
});
