import type { BillForm } from './form.ts';

/** A made-up bill of 92.40 yuan, for the sandbox. */
export function sampleBill(): Omit<BillForm, 'insurers'> {
  const number = String(Date.now());
  return {
    billNumber: `S${number}`,
    visitNumber: `V${number}`,
    departmentCode: '0201',
    departmentName: '全科医疗科',
    doctorCode: 'D111111000001',
    doctorName: '示例医师',
    diagnosis: 'J06.900 急性上呼吸道感染',
    charges: [
      'XJ01CAA040E001010100001\tA0001\t阿莫西林胶囊\t2\t18.70',
      '001102000010000-110200001\tB0001\t普通门诊诊查费\t1\t15.00',
      'ZA06CAX0001010100001\tA0002\t感冒颗粒\t2.5\t16.00',
    ].join('\n'),
  };
}
