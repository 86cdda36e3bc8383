import type { AfterCommit } from '../delivery/port.ts';
import type { Unit } from '../store/port.ts';
import type { EventContent } from './model.ts';
import type { EventRow, ReferralRow } from './queries.ts';

/**
 * Who wants to know of each change of a referral: subscriptions, webhooks, filings with an insurer, measures. An
 * observer writes what it has to do into the unit of the change itself, so that neither is kept without the other,
 * and does it after the commit. It awaits nothing but its own statements; what it throws undoes the change.
 */
export interface ReferralObserver {
  /** Called within the unit of the change; again, from the start, when the unit has to be repeated. */
  changed(unit: Unit, change: ReferralChange): Promise<AfterCommit>;
  /** The other side's gateway has an event of this side, which changes nothing else; within the unit that says so. */
  delivered?(unit: Unit, event: EventRow, receivedAt: number): Promise<void>;
}

/** One change of a referral at this end. */
export interface ReferralChange {
  /**
   * - `opened`: a referral was created here.
   * - `arrived`: one came from another organisation. Events that had come before it follow as `taken`.
   * - `acted`: this side did something.
   * - `taken`: events of the other side were taken, perhaps several that had waited for one of them.
   * - `receipted`: the other side's gateway has the referral.
   * - `claimed`: a doctor here took it on or gave it back.
   * - `overdue`: what is waited for did not come in time; told once for each.
   * - `undelivered`: a message about it was given up; the row is as it was.
   */
  readonly cause:
    | 'opened'
    | 'arrived'
    | 'acted'
    | 'taken'
    | 'receipted'
    | 'claimed'
    | 'overdue'
    | 'undelivered';
  /** As it was before; none where it is new here. */
  readonly before: ReferralRow | undefined;
  readonly after: ReferralRow;
  /** What was added to its history, oldest first. */
  readonly events: readonly ChangeEvent[];
  /** Events of this side that the other side has now confirmed or found out of place. */
  readonly settled: readonly SettledEvent[];
}

/** An entry of the history with what it says. */
export interface ChangeEvent {
  readonly row: EventRow;
  readonly content: EventContent;
}

export type SettledEvent = Pick<EventRow, 'type' | 'transition_id'> & {
  readonly seq: number;
  readonly outcome: 'applied' | 'ignored';
};
