import type { Bill, Charge, Handle, Stay, StayCharge, StayFlows } from '../../../../src/settlement/port.ts';
import { SAMPLE_NAME, SAMPLE_NUMBER } from '../../../helper.ts';
import { must, type Parts, sampleBill } from './helper.ts';

/** A stay of the sample person. */
export function sampleStay(more: Partial<Stay> = {}): Stay {
  return {
    id: 'stay-1',
    number: 'ZY001',
    identity: { documentType: 'resident-id', documentNumber: SAMPLE_NUMBER, name: SAMPLE_NAME },
    medType: '2101',
    admittedAt: Date.parse('2026-03-01T10:00:00+08:00'),
    departmentCode: 'A03',
    departmentName: '内科',
    departmentClass: 'A03',
    doctorCode: 'D1',
    doctorName: '样例医生',
    bed: '3',
    diagnoses: [
      { code: 'J18.900', name: '肺炎' },
      { code: 'I10.x00', name: '高血压' },
    ],
    ...more,
  };
}

/** Charges of 33.40 each, in scope as a whole. */
export function stayCharges(first: number, count: number): StayCharge[] {
  return Array.from({ length: count }, (_, index) => ({
    line: `L${first + index}`,
    serial: String(first + index),
    nationalCode: 'XN02BEA1',
    localCode: 'L1',
    name: '样例药',
    count: '1',
    price: '33.40',
    amountFen: 33_40,
    occurredAt: Date.parse('2026-03-01T12:00:00+08:00'),
  }));
}

export function wardOf({ insurer }: Parts): StayFlows {
  if (!insurer.stays) throw new Error('no stays');
  return insurer.stays;
}

/** Admits the sample stay. */
export async function admitted(parts: Parts, stay = sampleStay()): Promise<Handle> {
  return must(await wardOf(parts).admit(stay, parts.journal.exchange)).value;
}

export const DISCHARGE = {
  at: Date.parse('2026-03-02T08:00:00+08:00'),
  way: '1',
  departmentCode: 'A03',
  departmentName: '内科',
  diagnoses: [{ code: 'J18.900', name: '肺炎' }],
};

/** The bill of a stay's charges. */
export function billOfStay(
  handle: Handle,
  charges: readonly Charge[],
  setting: 'inpatient' | 'mid-stay' = 'inpatient',
): Bill {
  const totalFen = charges.reduce((total, { amountFen }) => total + amountFen, 0);
  const { visit } = sampleBill();
  return sampleBill({
    ...{ setting, charges, totalFen, leftFen: totalFen },
    visit: { ...visit, medType: '2101' },
    stay: { id: 'stay-1', handle, endedAt: DISCHARGE.at },
  });
}
