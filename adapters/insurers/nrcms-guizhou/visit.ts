import type { NrcmsGuizhouConfiguration } from '../../../schemas/nrcms-configuration.ts';
import { chinaDate } from '../../../src/clock.ts';
import { Fault } from '../../../src/errors.ts';
import { yuanOf } from '../../../src/money.ts';
import type { Bill, Charge, Diagnosis } from '../../../src/settlement/port.ts';
import { partsOf } from '../nrcms/amounts.ts';
import type { Content } from '../nrcms/xml.ts';
import { provinceFields } from './people.ts';

/** What the flow has found out before any money moves; becomes the quote's handle. */
export interface Visited {
  readonly outpId: string;
  readonly memberId: string;
}

export function visitedOf(handle: Readonly<Record<string, string>>): Visited {
  return { outpId: handle.outpId ?? '', memberId: handle.memberId ?? '' };
}

const NEW = '0';
const flag = (yes: boolean) => (yes ? '1' : '0');

/** The first diagnosis; without one nothing is sent: none is ever made up. Fault `request.invalid`. */
export function mainDiagnosis(diagnoses: readonly Diagnosis[]): Diagnosis {
  const [first] = diagnoses;
  if (!first)
    throw new Fault('request.invalid', { pointer: '/diagnoses', detail: '缺少诊断 / no diagnosis' });
  return first;
}

/** S18 门诊上传. It spells "is a referral" isInfusion. */
export function registrationInput(bill: Bill, memberId: string, configuration: NrcmsGuizhouConfiguration) {
  const { visit, referral } = bill;
  const diagnosis = mainDiagnosis(bill.diagnoses);
  const [, second, third] = bill.diagnoses;
  const beyond = configuration.crossProvince && {
    hisClinicNo: visit.number,
    secondIcdNo: second?.code,
    threeIcdNo: third?.code,
    ...provinceFields(configuration),
  };
  return {
    memberId,
    inpatientDate: chinaDate(visit.startedAt),
    inpatientDepartments: visit.departmentClass,
    treatingPhysician: visit.doctorName,
    diseaseCode: diagnosis.code,
    initialDiagnosis: diagnosis.name,
    isInfusion: flag(referral !== undefined),
    isAccountPay: flag(bill.useAccount),
    uploadType: NEW,
    ...beyond,
  };
}

/** Lines of one upload; the interface names no limit. */
export const BATCH_LINES_MAX = 500;

/** S21 门诊费用上传, for the lines from `first` on. What is uploaded after the settlement is ignored by the insurer. */
export function chargesInput(
  bill: Bill,
  { outpId }: Visited,
  first: number,
  configuration: NrcmsGuizhouConfiguration,
) {
  const date = chinaDate(bill.visit.startedAt);
  const lines = bill.charges.slice(first, first + BATCH_LINES_MAX);
  return {
    outpId,
    list: {
      detail: lines.map((charge, index) => ({
        ...lineFields(charge, `${bill.billNumber}.${bill.attempt}.${charge.line}`, date, configuration),
        ...(priceFault(charge) ? throwing(`/charges/${first + index}/price`) : {}),
        ...(configuration.crossProvince ? { clinicRxNo: charge.line, doctor: bill.visit.doctorName } : {}),
      })),
    },
  };
}

/** What S10 and S21 ask of a line. */
export function lineFields(
  charge: Charge,
  hisDetailCode: string,
  date: string,
  configuration: NrcmsGuizhouConfiguration,
): Record<string, Content> {
  return {
    detailName: charge.name,
    detailCode: charge.nationalCode,
    hisDetailCode,
    detailHosCode: charge.localCode,
    typeCode: typeOf(charge.nationalCode, configuration),
    num: charge.count,
    price: charge.price,
    totalCost: yuanOf(charge.amountFen),
    date,
    ...provinceFields(configuration),
  };
}

const ANY_TYPE = '00';

/** The category of the insurer's dictionary, by the longest configured beginning of the code. */
function typeOf(code: string, { itemTypes = [], crossProvince }: NrcmsGuizhouConfiguration): string {
  if (crossProvince) return ANY_TYPE;
  const fitting = itemTypes.filter(({ prefix }) => code.startsWith(prefix));
  return fitting.sort((a, b) => b.prefix.length - a.prefix.length)[0]?.type ?? '';
}

/** Prices have four decimals here. */
export function priceFault({ price }: Charge): boolean {
  return partsOf(price) === undefined;
}

function throwing(pointer: string): never {
  throw new Fault('settlement.charges', { pointer, detail: '单价最多 4 位小数 / at most 4 decimals' });
}
