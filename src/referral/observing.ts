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
  const { id, state, role, version } = change.after;
  const news: GatewayEvent['data'] = change.cause === 'undelivered' ? { undelivered: true } : { version };
  const told = { state, role, ...news };
  await events.keep(unit, 'referral.state', id, told);
  return () => {
    events.publish('referral.state', id, told);
    for (const after of afters) after();
  };
}
