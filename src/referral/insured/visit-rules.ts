import { chinaDate } from '../../clock.ts';
import { err, ok, type Result } from '../../result.ts';
import type { ReferralFlaw } from '../../settlement/port.ts';
import type { StateName } from '../machine.ts';
import type { ReferralRow } from '../queries.ts';

const DAY_MS = 86_400_000;

/** Accepted, and not undone since: what the patient's visit follows. */
const ACCEPTED: ReadonlySet<StateName> = new Set([
  'accepted',
  'active',
  'scheduled',
  'no-show',
  'unscheduled',
  'arrived',
  'noted',
  'completed',
]);

/** What happened to a referral, as far as it decides how long it holds. Epoch ms. */
export interface Course {
  readonly sentAt: number;
  /** Of the appointment that stands. */
  readonly appointmentAt?: number | undefined;
  readonly arrivedAt?: number | undefined;
  readonly completedAt?: number | undefined;
}

/** From when until when a visit can follow a referral; both ends included. */
export interface Holds {
  readonly from: number;
  readonly until: number;
}

/**
 * A referral holds from the day it was sent (one entered after the fact, from ever) until some days after the last of:
 * sent, appointment, arrival. One that is completed holds no longer than that.
 */
export function holdsOf({ retro }: Pick<ReferralRow, 'retro'>, course: Course, validDays: number): Holds {
  const { sentAt, appointmentAt = 0, arrivedAt = 0, completedAt } = course;
  const from = retro ? 0 : startOfDay(sentAt);
  const last = startOfDay(Math.max(sentAt, appointmentAt, arrivedAt)) + (validDays + 1) * DAY_MS - 1;
  return { from, until: Math.min(last, completedAt ?? last) };
}

/** Whether the recipient has taken it up. One whose cancellation is asked for stands until the recipient agrees. */
export function isAccepted({
  state,
  confirmed_before,
}: Pick<ReferralRow, 'state' | 'confirmed_before'>): boolean {
  if (state === 'cancellation-requested') return confirmed_before !== null && ACCEPTED.has(confirmed_before);
  return ACCEPTED.has(state);
}

/** Whether this institution's visit at that time may follow the referral. */
export function usable(
  row: Pick<ReferralRow, 'role' | 'state' | 'confirmed_before'>,
  { from, until }: Holds,
  at: number,
): Result<true, ReferralFlaw> {
  if (row.role !== 'recipient') return err({ kind: 'elsewhere' });
  if (!isAccepted(row)) return err({ kind: 'not-accepted', facts: { state: row.state } });
  if (at >= from && at <= until) return ok(true);
  const since: Record<string, string> = from === 0 ? {} : { from: chinaDate(from) };
  return err({ kind: 'other-time', facts: { ...since, until: chinaDate(until) } });
}

/** Midnight in China, which has one time all year. */
function startOfDay(at: number): number {
  return Date.parse(`${chinaDate(at)}T00:00:00+08:00`);
}
