import type { ReportRule } from '../../../schemas/insured-configuration.ts';
import { chinaDate } from '../../clock.ts';
import type { TransferFiling } from '../../settlement/port.ts';
import type { ReferralBody } from '../model.ts';
import type { Receiver } from './rules.ts';

const DAY_MS = 86_400_000;
/** What 2501 takes of each. */
const [NAME_MAX, REASON_MAX, CONDITION_MAX] = [100, 100, 2_000];

/** 2501 from a referral: the outgoing form says why, the rule adds what no form has. */
export function filingOf(
  rule: ReportRule,
  receiver: Receiver,
  { patient, form }: ReferralBody,
  acceptedAt: number,
): Omit<TransferFiling, 'id'> {
  const { phone, address, identity } = patient;
  const from = chinaDate(acceptedAt);
  return {
    kind: 'transfer',
    identity,
    ...receiver,
    ...{ from, date: from },
    ...(rule.days === undefined ? {} : { to: chinaDate(acceptedAt + rule.days * DAY_MS) }),
    ...(rule.insutype === undefined ? {} : { insutype: rule.insutype }),
    ...(phone === undefined ? {} : { telephone: phone }),
    ...(address === undefined ? {} : { address }),
    diagnosis: { code: rule.diagnosisCode, name: form.impression.slice(0, NAME_MAX) },
    reason: form.presentIllness.slice(0, REASON_MAX),
    condition: form.presentIllness.slice(0, CONDITION_MAX),
    opinion: rule.opinion ?? '同意转诊',
    hospitalAgrees: true,
  };
}
