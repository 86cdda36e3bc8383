import type { OutgoingForm, ReturnForm } from '../../../schemas/referral-form.ts';
import { Fault } from '../../errors.ts';
import { documentCode } from './codes.ts';
import { ageOn, dayOf, personFacts } from './person.ts';
import { type CaseRecord, completedAt, sentAt } from './record.ts';

/** 双向转诊(转出)单 of a referral: 国家基本公共卫生服务规范, 居民健康档案管理服务规范, 附件. */
export function outgoingForm(record: CaseRecord): OutgoingForm {
  const { referral, from, to } = record;
  const { form, department, appointment } = referral;
  const day = dayOf(sentAt(record));
  const patient = patientOf(record, day);
  const { recordNumber, address, phone } = referral.patient;
  const { impression, presentIllness, pastHistory, treatment, allergies, doctor } = form;
  const { cardNumber } = referral.patient.identity;
  return {
    form: 'outgoing',
    number: referral.caseId,
    title: '双向转诊(转出)单',
    stub: {
      patient: { ...patient, ...given({ recordNumber, address, phone }) },
      date: day,
      organisation: to,
      department: appointment?.department.name ?? department.name,
      ...given({ receivingDoctor: appointment?.doctor }),
      doctor: doctor.name,
      signedOn: day,
    },
    letter: {
      to,
      patient,
      impression,
      presentIllness,
      ...given({ pastHistory, treatment }),
      doctor: { name: doctor.name, ...given({ phone: doctor.phone }) },
      organisation: from,
      date: day,
    },
    local: { ...given({ cardNumber, allergies, instructions: appointment?.instructions }) },
  };
}

/** 双向转诊(回转)单. Fault `form.no-outcome` until the recipient has completed the referral. */
export function returnForm(record: CaseRecord): ReturnForm {
  const { referral, from, to } = record;
  const { outcome } = referral;
  const at = completedAt(record);
  if (!outcome || at === undefined) throw new Fault('form.no-outcome', { facts: { state: referral.state } });
  const day = dayOf(at);
  const patient = patientOf(record, day);
  const { recordNumber, address, phone } = referral.patient;
  const { inpatientNumber, diagnosis, findings, treatment, nextPlan, rehabilitation, doctor } = outcome;
  return {
    form: 'return',
    number: referral.caseId,
    title: '双向转诊(回转)单',
    stub: {
      patient: { ...patient, ...given({ recordNumber, address, phone }) },
      ...given({ inpatientNumber }),
      date: day,
      organisation: from,
      // Back to whoever sent the patient.
      receivingDoctor: referral.form.doctor.name,
      doctor: doctor.name,
      signedOn: day,
    },
    letter: {
      to: from,
      patient,
      diagnosis,
      ...given({ inpatientNumber, findings, treatment, nextPlan, rehabilitation }),
      doctor: { name: doctor.name, ...given({ phone: doctor.phone }) },
      organisation: to,
      date: day,
    },
  };
}

function patientOf({ referral }: CaseRecord, day: string) {
  const { identity } = referral.patient;
  const { birthDate, sex } = personFacts(identity);
  const age = birthDate === undefined ? undefined : ageOn(birthDate, day);
  return {
    name: identity.name,
    sex,
    ...given({ birthDate, age }),
    document: { type: documentCode(identity.documentType), number: identity.documentNumber },
  };
}

/** The same object without its undefined members. */
export function given<T extends object>(object: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
