import { Fault } from '../errors.ts';

interface CodedReason {
  readonly code: string;
  readonly for: 'decline' | 'cancel' | 'review';
  readonly zh: string;
  readonly en: string;
}

/**
 * Why a referral is declined or cancelled, or does not pass its review. No national code table for this is public; these are ours, after what the
 * products and services in use ask for (NHS e-RS: raised in error, patient request, no longer required).
 */
export const REASONS: readonly CodedReason[] = [
  { code: 'no-bed', for: 'decline', zh: '无床位', en: 'no bed' },
  { code: 'no-capacity', for: 'decline', zh: '暂无接诊能力(人员、设备)', en: 'no staff or equipment now' },
  {
    code: 'out-of-scope',
    for: 'decline',
    zh: '不属于本院诊疗范围',
    en: 'not a service of this organisation',
  },
  { code: 'not-indicated', for: 'decline', zh: '不符合转诊指征', en: 'referral not indicated' },
  { code: 'incomplete', for: 'decline', zh: '资料不全', en: 'information incomplete' },
  { code: 'refer-elsewhere', for: 'decline', zh: '建议转其他医院', en: 'better referred elsewhere' },
  { code: 'patient-absent', for: 'decline', zh: '患者未到诊', en: 'the patient did not come' },
  { code: 'patient-refused', for: 'decline', zh: '患者不同意', en: 'the patient does not consent' },
  { code: 'raised-in-error', for: 'cancel', zh: '误开', en: 'raised in error' },
  { code: 'patient-request', for: 'cancel', zh: '患者要求', en: 'the patient asks for it' },
  { code: 'no-longer-required', for: 'cancel', zh: '病情好转,不再需要', en: 'no longer required' },
  { code: 'went-elsewhere', for: 'cancel', zh: '患者已去其他医院', en: 'the patient went elsewhere' },
  { code: 'deceased', for: 'cancel', zh: '患者死亡', en: 'the patient died' },
  { code: 'duplicate', for: 'cancel', zh: '重复转诊', en: 'a duplicate' },
  { code: 'form-incomplete', for: 'review', zh: '转诊单填写不完整', en: 'the form is incomplete' },
  { code: 'treatable-here', for: 'review', zh: '可在本机构诊治', en: 'can be treated here' },
  { code: 'wrong-receiver', for: 'review', zh: '接收机构或科室不当', en: 'another receiver or department' },
  { code: 'consent-missing', for: 'review', zh: '知情同意不符合要求', en: 'the consent does not do' },
  { code: 'answer-unsuitable', for: 'review', zh: '答复不当', en: 'the answer does not do' },
];

/** Which acts take which of them. `other` with a text of one's own goes everywhere. */
const USES: Readonly<Record<string, CodedReason['for']>> = {
  decline: 'decline',
  'request-cancellation': 'cancel',
  withdraw: 'cancel',
  refuse: 'review',
  'send-back': 'review',
};

/** Acts without a table of their own take any code. Fault `request.invalid` for one that is not in the act's. */
export function checkReasonCode(act: string, code: string | undefined): void {
  const use = USES[act];
  if (code === undefined || code === 'other' || !use) return;
  if (REASONS.some((reason) => reason.code === code && reason.for === use)) return;
  throw new Fault('request.invalid', {
    pointer: '/body/reason/code',
    detail: '不在代码表中,见 GET /v1/referrals/reasons / not in the table',
  });
}
