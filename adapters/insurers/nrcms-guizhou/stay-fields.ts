import type { NrcmsGuizhouConfiguration } from '../../../schemas/nrcms-configuration.ts';
import { chinaDate, chinaDateTime } from '../../../src/clock.ts';
import { Fault } from '../../../src/errors.ts';
import { yuanOf } from '../../../src/money.ts';
import type { Discharge, DividedLine, Stay, StayCharge } from '../../../src/settlement/port.ts';
import { fenNear, partsOf } from '../nrcms/amounts.ts';
import { type Content, childOf, childText, type Element, itemsOf } from '../nrcms/xml.ts';
import { provinceFields } from './people.ts';
import { lineFields, mainDiagnosis, priceFault } from './visit.ts';

/** What S04 and S06 both ask of an admission. Fault `request.invalid` without a diagnosis. */
export function admissionFields(stay: Stay, { admissionStatus }: NrcmsGuizhouConfiguration) {
  const diagnosis = mainDiagnosis(stay.diagnoses);
  return {
    inpatientNo: stay.number,
    admissionDate: chinaDate(stay.admittedAt),
    admissionDepartments: stay.departmentClass,
    treatingPhysician: stay.doctorName,
    admissionStatus,
    diseaseCode: diagnosis.code,
    initialDiagnosis: diagnosis.name,
    wardArea: stay.ward,
    berthNo: stay.bed,
    isReferra: stay.referral ? '1' : '0',
  };
}

/** What S04 asks beyond S06: the referral's number, and of somebody from another province how he was sent. */
export function newAdmissionFields(stay: Stay, configuration: NrcmsGuizhouConfiguration) {
  const [, second, third] = stay.diagnoses;
  return {
    isReferraNo: stay.referral?.number,
    uploadType: '0',
    ...(configuration.crossProvince
      ? {
          secondIcdNo: second?.code,
          threeIcdNo: third?.code,
          ...turnFields(stay),
          ...provinceFields(configuration),
        }
      : {}),
  };
}

/** S07. */
export function dischargeFields(stay: Stay, discharge: Discharge, configuration: NrcmsGuizhouConfiguration) {
  return {
    dischargeDate: chinaDate(discharge.at),
    dischargeDepartments: stay.departmentClass,
    dischargeStatus: configuration.dischargeStatus,
    ...(configuration.crossProvince
      ? {
          icdAllNo: mainDiagnosis(discharge.diagnoses).code,
          ...turnFields(stay),
          ...provinceFields(configuration),
        }
      : {}),
  };
}

const TURNS = { none: '0', application: '1', transfer: '2' } as const;

/** turnMode 1 is a referral out of the county, by its application; 2 a transfer from another hospital's stay. */
function turnFields({ referral }: Stay) {
  if (!referral) return { turnMode: TURNS.none };
  return {
    turnMode: referral.direction === 'up' ? TURNS.application : TURNS.transfer,
    turnCode: referral.number,
    turnDate: `${referral.date} 00:00:00`,
  };
}

/** A line of S10; the core's serial is what the answer names it by. */
export function stayLine(
  charge: StayCharge,
  index: number,
  configuration: NrcmsGuizhouConfiguration,
): Record<string, Content> {
  if (priceFault(charge)) {
    const pointer = `/charges/${index}/price`;
    throw new Fault('settlement.charges', { pointer, detail: '单价最多 4 位小数 / at most 4 decimals' });
  }
  return lineFields(charge, charge.serial, chinaDate(charge.occurredAt), configuration);
}

const DONE = '1';

/**
 * How S10 divided the lines: enableMoney of each is in scope, the rest the patient's own. Nothing where a line is not
 * answered, was not taken, or where its amounts make no sense.
 */
export function dividedLines(data: Element, charges: readonly StayCharge[]): DividedLine[] | undefined {
  const rows = new Map(
    itemsOf(childOf(data, 'list') ?? data).map((row) => [childText(row, 'hisDetailCode'), row]),
  );
  const lines = charges.flatMap((charge): DividedLine[] => {
    const row = rows.get(charge.serial);
    const inScope = row === undefined ? undefined : partsOf(childText(row, 'enableMoney'));
    if (inScope === undefined || childText(row, 'success') !== DONE) return [];
    const inScopeFen = fenNear(inScope);
    if (inScopeFen < 0 || inScopeFen > charge.amountFen) return [];
    const fullOwnFen = charge.amountFen - inScopeFen;
    return [{ line: charge.line, fullOwnFen, overLimitFen: 0, firstOwnFen: 0, inScopeFen }];
  });
  return lines.length === charges.length ? lines : undefined;
}

/** The first and the last day of the lines, as S11 asks. */
export function daysOf(charges: readonly StayCharge[]) {
  const days = charges.map(({ occurredAt }) => chinaDateTime(occurredAt).slice(0, 10)).sort();
  return { startDate: days[0] ?? '', endDate: days.at(-1) ?? '' };
}

/**
 * The insurer's numbers of uploaded lines (S11), which names lines by what they are, not by our serials: of two that
 * are alike either may be taken back. Nothing where one isn't there.
 */
export function detailIdsOf(data: Element, charges: readonly StayCharge[]): string[] | undefined {
  const rows = [...itemsOf(data)];
  const ids = charges.flatMap((charge) => {
    const wanted = alike(
      charge.nationalCode,
      charge.count,
      yuanOf(charge.amountFen),
      chinaDate(charge.occurredAt),
    );
    const index = rows.findIndex((row) => {
      const of = (field: string) => childText(row, field);
      return alike(of('detailCode'), of('num'), of('totalCost'), of('date').slice(0, 10)) === wanted;
    });
    return index === -1 ? [] : rows.splice(index, 1).map((row) => childText(row, 'detailId'));
  });
  return ids.length === charges.length && !ids.includes('') ? ids : undefined;
}

function alike(code: string, count: string, amount: string, date: string): string {
  return JSON.stringify([code, partsOf(count) ?? count, partsOf(amount) ?? amount, date]);
}
