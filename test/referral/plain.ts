/** The columns of a referral that is neither an emergency nor linked, claimed or overdue. */
export const PLAIN = {
  channel: null,
  retro: 0,
  based_on: null,
  relation: null,
  name_differs: 0,
  amend_until: null,
  consent_due_at: null,
  consent_overdue: 0,
  due_for: null,
  due_at: null,
  overdue: 0,
  reminded_at: null,
  claim: null,
  review: null,
  review_act: null,
  held: null,
} as const;
