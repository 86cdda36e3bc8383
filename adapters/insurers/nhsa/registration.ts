import { Fault } from '../../../src/errors.ts';
import { ordinaryVisit, type VisitKind } from './outpatient.ts';

/** med_type 12 挂号. */
const REGISTRATION_TYPE = /^12/;

/** The registration fee alone (挂号): no diagnoses yet, and the fee is the charge. */
export const registrationVisit: VisitKind = {
  ...ordinaryVisit,
  hasDiagnoses: false,
  check({ visit: { medType } }) {
    if (REGISTRATION_TYPE.test(medType)) return;
    const detail = `挂号的医疗类别是 12,不是 ${medType} / a registration is of med_type 12, not ${medType}`;
    throw new Fault('request.invalid', { pointer: '/visit/medType', detail });
  },
};
