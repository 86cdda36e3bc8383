import type { ReviewState } from '../../../schemas/referral-review.ts';
import { err, ok, type Result } from '../../result.ts';

/**
 * The internal review of what a doctor wants to send: 转出审核 of a referral before it goes out, 转入审核 of an answer
 * before it does. It is this side's own business: the other end hears of nothing that was not approved, and the order
 * of what both tell each other (convergence.ts) begins only then. A referral under review is a `draft`; an answer under
 * review leaves the referral where it stands, so a cancellation that comes meanwhile is taken, and what waited lapses
 * where it no longer applies.
 */

/** doctor: who wants to send it; reviewer: who lets it go; gateway: what happens by itself. */
type ReviewParty = 'doctor' | 'reviewer' | 'gateway';

export type ReviewEvent = 'submit' | 'withdraw' | 'approve' | 'refuse' | 'send-back' | 'lapse';

/** What an event of the review does to the referral: the package is sent, the draft is discarded, the act is done. */
export type ReviewEffect = 'send' | 'discard' | 'act';

export interface ReviewTransition {
  readonly id: string;
  readonly who: ReviewParty;
  readonly event: ReviewEvent;
  readonly from: ReviewState | 'none';
  /** none: the review is over. */
  readonly to: ReviewState | 'none';
  /** At the end that refers. */
  readonly out?: ReviewEffect;
  /** At the end that receives. */
  readonly in?: ReviewEffect;
}

export const REVIEW_STATES = {
  none: { zh: '无审核', en: 'no review' },
  waiting: { zh: '待审核', en: 'waits for the reviewer' },
  correcting: { zh: '退回修改', en: 'sent back for correction' },
} as const satisfies Record<ReviewState | 'none', { zh: string; en: string }>;

export const REVIEW_TRANSITIONS: readonly ReviewTransition[] = [
  { id: 'V01', who: 'doctor', event: 'submit', from: 'none', to: 'waiting' },
  // Another answer, or a corrected form, takes the place of what waits.
  { id: 'V02', who: 'doctor', event: 'submit', from: 'waiting', to: 'waiting' },
  { id: 'V03', who: 'doctor', event: 'submit', from: 'correcting', to: 'waiting' },
  { id: 'V04', who: 'reviewer', event: 'send-back', from: 'waiting', to: 'correcting' },
  { id: 'V05', who: 'reviewer', event: 'approve', from: 'waiting', to: 'none', out: 'send', in: 'act' },
  { id: 'V06', who: 'reviewer', event: 'refuse', from: 'waiting', to: 'none', out: 'discard' },
  { id: 'V07', who: 'doctor', event: 'withdraw', from: 'waiting', to: 'none', out: 'discard' },
  { id: 'V08', who: 'doctor', event: 'withdraw', from: 'correcting', to: 'none', out: 'discard' },
  // The referral moved on, and what waited is no longer possible.
  { id: 'V09', who: 'gateway', event: 'lapse', from: 'waiting', to: 'none' },
  { id: 'V10', who: 'gateway', event: 'lapse', from: 'correcting', to: 'none' },
];

/** What an event of a review is called in the history of its referral. */
export type ReviewEntry = `review-${ReviewEvent}`;

/** Whether an entry of the history is about a review, which the other side knows nothing of. */
export function isReviewEntry(type: string): type is ReviewEntry {
  return type.startsWith('review-');
}

/** The step that an event takes from a state of the review, or that the table has none. */
export function nextReview(
  from: ReviewState | null,
  event: ReviewEvent,
): Result<ReviewTransition, 'transition'> {
  const found = REVIEW_TRANSITIONS.find((row) => row.from === (from ?? 'none') && row.event === event);
  return found ? ok(found) : err('transition');
}

/** What persons may do now with what is under review. */
export function reviewActions(from: ReviewState): Exclude<ReviewEvent, 'lapse'>[] {
  return REVIEW_TRANSITIONS.flatMap((row) => (row.from === from && row.event !== 'lapse' ? [row.event] : []));
}
