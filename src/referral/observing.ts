import type { AfterCommit } from '../delivery/port.ts';
import type { Events, GatewayEvent } from '../events/events.ts';
import type { Unit } from '../store/port.ts';
import type { ReferralChange, ReferralObserver } from './port.ts';

/** Who is told of a change: the listeners of events, and the observers within the unit. */
export interface Hearers {
  readonly events: Events;
  readonly observers: readonly ReferralObserver[];
}

/** Tells the observers of a change within its unit; answers what is to be told after the commit. */
export async function tell(
  { events, observers }: Hearers,
  unit: Unit,
  change: ReferralChange,
): Promise<AfterCommit> {
  const afters: AfterCommit[] = [];
  for (const observer of observers) afters.push(await observer.changed(unit, change));
  if (change.cause === 'overdue') return tellOverdue(events, unit, change, afters);
  const { id, state, role, version, review } = change.after;
  const news: GatewayEvent['data'] = change.cause === 'undelivered' ? { undelivered: true } : { version };
  const told = { state, role, ...news, ...(review === null ? {} : { review }) };
  await events.keep(unit, 'referral.state', id, told);
  return () => {
    events.publish('referral.state', id, told);
    for (const after of afters) after();
  };
}

/** What is late now and was not before: what is waited for, a consent, or both. */
async function tellOverdue(
  events: Events,
  unit: Unit,
  { before, after }: ReferralChange,
  afters: readonly AfterCommit[],
): Promise<AfterCommit> {
  const { id, state, role } = after;
  const late = [
    ...(after.overdue === 1 && before?.overdue !== 1 ? [after.due_for ?? 'answer'] : []),
    ...(after.consent_overdue === 1 && before?.consent_overdue !== 1 ? ['consent'] : []),
  ];
  const told = late.map((what) => ({ state, role, for: what }));
  for (const data of told) await events.keep(unit, 'referral.overdue', id, data);
  return () => {
    for (const data of told) events.publish('referral.overdue', id, data);
    for (const after of afters) after();
  };
}
