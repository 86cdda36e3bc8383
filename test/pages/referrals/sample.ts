import type { CreateReferral, Referral } from '../../../schemas/referral.ts';
import type { Api } from '../../../src/sandbox/demo/api.ts';

const sample: CreateReferral = {
  to: 'H11111100009',
  priority: 'urgent',
  department: { name: '心血管内科' },
  patient: {
    identity: {
      documentType: 'resident-id',
      documentNumber: '111111198101011110',
      name: '张三',
      sex: 'male',
    },
    phone: '000-00000000',
    address: '示例镇一组',
  },
  form: {
    impression: '原发性高血压',
    presentIllness: '反复头晕三个月',
    doctor: { name: '示例医师', phone: '000-00000000' },
  },
  consent: { given: 'written', by: 'patient' },
};

let count = 0;

/** A referral that the clinic's HIS makes. */
export function refer(clinic: Api, more: Partial<CreateReferral> = {}): Promise<Referral> {
  count += 1;
  return clinic.post<Referral>('/v1/referrals', { ...sample, ...more }, `page-referral-${count}`);
}

/** Nobody's card lies on any reader. */
export async function clearReaders(clinic: Api): Promise<void> {
  for (const reader of ['desk-1', 'desk-2', 'desk-3'])
    await clinic.delete(`/v1/sandbox/readers/${reader}/card`);
}
