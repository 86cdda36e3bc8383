import type { SettlementRequest } from '../../../../schemas/settlement.ts';
import { chargesOf } from './charges.ts';

/** What is typed at the desk for one bill. */
export interface BillForm {
  readonly insurers: string[];
  readonly billNumber: string;
  readonly visitNumber: string;
  readonly departmentCode: string;
  readonly departmentName: string;
  readonly doctorCode: string;
  readonly doctorName: string;
  readonly diagnosis: string;
  readonly charges: string;
}

/** What a desk keeps from one bill to the next: who works there, never who was there. */
export const KEPT = ['insurers', 'departmentCode', 'departmentName', 'doctorCode', 'doctorName'] as const;

/** The bill as the gateway takes it. */
export function requestOf(bill: BillForm, readingId: string, startedAt: string): SettlementRequest {
  const { charges, total } = chargesOf(bill.charges);
  const [code = '', ...name] = bill.diagnosis.trim().split(/\s+/);
  return {
    insurers: bill.insurers,
    readingId,
    visit: {
      billNumber: bill.billNumber,
      number: bill.visitNumber,
      medType: '11',
      departmentCode: bill.departmentCode,
      departmentName: bill.departmentName,
      departmentClass: 'A02',
      doctorCode: bill.doctorCode,
      doctorName: bill.doctorName,
      startedAt,
    },
    diagnoses: code === '' ? [] : [{ code, name: name.join(' ') || code }],
    charges,
    total,
  };
}
