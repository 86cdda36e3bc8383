import type { ReferralConfiguration } from '../../../schemas/referral-configuration.ts';
import type { Act } from '../machine.ts';
import type { ReferralRow } from '../queries.ts';

/** What is reviewed in this institution before it goes out. */
export interface ReviewRules {
  /** 转出审核: referrals. */
  readonly out: boolean;
  /** 转入审核: these answers. */
  readonly in: readonly Act[];
}

export function reviewRulesOf({
  out = false,
  in: acts = [],
}: ReferralConfiguration['review'] = {}): ReviewRules {
  return { out, in: acts };
}

/** Whether something waits for a reviewer. An emergency (绿色通道) never does. */
export function isReviewed(
  rules: ReviewRules,
  { role, channel }: Pick<ReferralRow, 'role' | 'channel'>,
  act: 'send' | Act,
): boolean {
  if (channel === 'green') return false;
  if (act === 'send') return rules.out;
  return role === 'recipient' && rules.in.includes(act);
}

/** Whether the other side was never told of it: it waits for its review, or did not pass it. */
export function isUnsent({ role, own_seq }: Pick<ReferralRow, 'role' | 'own_seq'>): boolean {
  return role === 'initiator' && own_seq === 0;
}
