import { Fault } from '../../../src/errors.ts';
import { ordinaryVisit, type VisitKind } from './outpatient.ts';

/** med_type of visits for a disease on file: 14 慢特病, 18 特药, and the provinces' own, 99… (两病, 单病种). */
const CHRONIC_TYPE = /^(14|18|99)/;

/** A visit for a disease on file (门诊慢特病): the disease stands in the visit and on each of its charges. */
export const chronicVisit: VisitKind = {
  ...ordinaryVisit,
  namesDiseaseOnCharges: true,
  check({ visit: { medType } }) {
    if (CHRONIC_TYPE.test(medType)) return;
    const detail = `医疗类别 ${medType} 不是慢特病 / med_type ${medType} is not one of chronic diseases`;
    throw new Fault('request.invalid', { pointer: '/visit/medType', detail });
  },
};
