import Type, { type Static } from 'typebox';
import { OneOf, Strict, Text, Timestamp } from './common.ts';
import { Claimant } from './referral-claim.ts';
import { Consent, Department, Reason, ReferralForm } from './referral-content.ts';

/** Where an internal review stands; see src/referral/review/machine.ts. */
export const REVIEW_STATES = ['waiting', 'correcting'] as const;
export type ReviewState = (typeof REVIEW_STATES)[number];

const DECISIONS = ['approve', 'refuse', 'send-back'] as const;

/** A reviewer decides. A refusal, and sending it back, say why; a refusal by a code of the table, or `other`. */
export const ReviewDecision = Strict({
  decision: OneOf(DECISIONS),
  reviewer: Claimant,
  reason: Type.Optional(Reason),
  text: Type.Optional(Text(4_000, '审核意见')),
});

/** The doctor whose referral or answer is under review submits it anew, corrected, or takes it back. */
export const ReviewSubmission = Strict({
  type: OneOf(['submit', 'withdraw']),
  doctor: Claimant,
  /** submit, of a referral: the whole form, department or consent, as they are to be from now on. */
  form: Type.Optional(ReferralForm),
  department: Type.Optional(Department),
  consent: Type.Optional(Consent),
  /** withdraw */
  reason: Type.Optional(Reason),
  text: Type.Optional(Text(4_000, '说明')),
});

/** What a referral shows of its review. */
export const ReviewShown = {
  state: OneOf(REVIEW_STATES, { description: '待审核、退回修改 / waits, or sent back' }),
  actions: Type.Array(OneOf(['submit', 'withdraw', ...DECISIONS]), {
    description: '医生和审核人现在可以做的 / what the doctor and the reviewer may do now',
  }),
  since: Timestamp,
  doctor: Type.Optional(Type.String({ description: '提交人工号 / number of who submitted it' })),
  /** Sent back: by whom, and why. */
  reviewer: Type.Optional(Claimant),
  reason: Type.Optional(Reason),
  text: Type.Optional(Type.String()),
};

export type ReviewDecision = Static<typeof ReviewDecision>;
export type ReviewSubmission = Static<typeof ReviewSubmission>;
