import type { Priority } from '../../schemas/referral.ts';
import type { ReferralConfiguration } from '../../schemas/referral-configuration.ts';
import { isTerminal, type StateName } from './machine.ts';
import type { ReferralBody } from './model.ts';

/** What is waited for: our own review, the other side's answer, an appointment or arrival, the outcome. */
export type Awaited = 'review' | 'answer' | 'schedule' | 'outcome';

/** How long each may take, in ms, by priority. */
export type Deadlines = Readonly<Record<Priority, Readonly<Record<Awaited, number>>>>;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/**
 * No national figure was found. A county product in use counts a referral as overdue when it is unanswered after
 * 24 hours and reminds after 48 (see docs/referral.md); the rest is ours, and all of it can be configured.
 */
export const DEADLINES: Deadlines = {
  routine: { review: 8 * HOUR_MS, answer: DAY_MS, schedule: 2 * DAY_MS, outcome: 30 * DAY_MS },
  urgent: { review: HOUR_MS, answer: 2 * HOUR_MS, schedule: 12 * HOUR_MS, outcome: 14 * DAY_MS },
  stat: { review: HOUR_MS / 4, answer: HOUR_MS / 4, schedule: HOUR_MS, outcome: 7 * DAY_MS },
};

/** The same as configured, in minutes; what is left out is as above. */
export function deadlinesOf(configured: ReferralConfiguration['deadlines'] = {}): Deadlines {
  const of = (priority: Priority) => {
    const { reviewMinutes, answerMinutes, scheduleMinutes, outcomeMinutes } = configured[priority] ?? {};
    const { review, answer, schedule, outcome } = DEADLINES[priority];
    return {
      review: inMs(reviewMinutes) ?? review,
      answer: inMs(answerMinutes) ?? answer,
      schedule: inMs(scheduleMinutes) ?? schedule,
      outcome: inMs(outcomeMinutes) ?? outcome,
    };
  };
  return { routine: of('routine'), urgent: of('urgent'), stat: of('stat') };
}

function inMs(minutes: number | undefined): number | undefined {
  return minutes === undefined ? undefined : minutes * MINUTE_MS;
}

/** What a consent says that is still to be given. */
export const CONSENT_OWED = 'deferred';

/** 急诊知情同意待补传: a deferred consent is handed in within this time. */
export const CONSENT_WITHIN_MS = DAY_MS;

/** Until when the consent of a referral that was sent then is owed; null where it is given. */
export function consentDueAt({ consent }: Pick<ReferralBody, 'consent'>, sentAt: number): number | null {
  return consent.given === CONSENT_OWED ? sentAt + CONSENT_WITHIN_MS : null;
}

/** The window in which the initiator of an emergency may still change its form. */
export const AMEND_WITHIN_MS = HOUR_MS / 4;
/** How long after a reminder the next may follow. */
export const REMIND_EVERY_MS = HOUR_MS / 2;

/** What is waited for in each state. */
export const WAITING_FOR: Readonly<Record<StateName, Awaited | undefined>> = {
  draft: 'review',
  requested: 'answer',
  received: 'answer',
  accepted: 'schedule',
  active: 'schedule',
  'no-show': 'schedule',
  unscheduled: 'schedule',
  scheduled: 'outcome',
  arrived: 'outcome',
  noted: 'outcome',
  'cancellation-requested': 'answer',
  declined: undefined,
  cancelled: undefined,
  completed: undefined,
};

/** What a referral in this state waits for from `since` on; nothing where it is closed. */
export function dueOf(
  deadlines: Deadlines,
  state: StateName,
  priority: Priority,
  since: number,
): { readonly due_for: Awaited | null; readonly due_at: number | null } {
  const awaited = isTerminal(state) ? undefined : WAITING_FOR[state];
  if (!awaited) return { due_for: null, due_at: null };
  return { due_for: awaited, due_at: since + deadlines[priority][awaited] };
}
