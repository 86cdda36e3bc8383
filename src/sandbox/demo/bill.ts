import type { Static } from 'typebox';
import type { SettlementRequest } from '../../../schemas/settlement.ts';

/** An outpatient bill of 92.40 yuan for a common cold, made up. */
export function sampleBill(billNumber: string, readingId: string): Static<typeof SettlementRequest> {
  return {
    insurers: ['nhsa'],
    readingId,
    visit: {
      billNumber,
      number: `V${billNumber}`,
      medType: '11',
      departmentCode: '0201',
      departmentName: '全科医疗科',
      departmentClass: 'A02',
      doctorCode: 'D111111000001',
      doctorName: '示例医师',
      startedAt: new Date().toISOString(),
    },
    diagnoses: [{ code: 'J06.900', name: '急性上呼吸道感染' }],
    charges: [
      {
        line: '1',
        nationalCode: 'XJ01CAA040E001010100001',
        localCode: 'A0001',
        name: '阿莫西林胶囊',
        count: '2',
        price: '18.70',
        amount: '37.40',
      },
      {
        line: '2',
        nationalCode: '001102000010000-110200001',
        localCode: 'B0001',
        name: '普通门诊诊查费',
        count: '1',
        price: '15.00',
        amount: '15.00',
      },
      {
        line: '3',
        nationalCode: 'ZA06CAX0001010100001',
        localCode: 'A0002',
        name: '感冒颗粒',
        count: '2.5',
        price: '16.00',
        amount: '40.00',
      },
    ],
    total: '92.40',
  };
}
