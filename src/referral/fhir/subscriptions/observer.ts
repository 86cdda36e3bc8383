import type { Vault } from '../../../access/vault.ts';
import type { Clock } from '../../../clock.ts';
import type { Unit } from '../../../store/port.ts';
import type { ReferralChange, ReferralObserver } from '../../port.ts';
import { type Subscribed, wants } from './model.ts';
import { allSubscriptions, countEvent, insertNotification, type SubscriptionRow } from './queries.ts';
import { openContent } from './service.ts';

/**
 * Numbers an event for every subscription that wants to hear of a change, in the unit of the change itself: what the
 * subscriber is told of has happened, and what has happened it is told of.
 */
export class SubscriptionObserver implements ReferralObserver {
  readonly #parts: { readonly vault: Vault; readonly clock: Clock; readonly own: { readonly code: string } };
  /** What was read of each subscription, under its version. */
  readonly #read = new Map<string, { readonly version: number; readonly subscribed: Subscribed }>();
  readonly #waking = new Set<() => void>();

  constructor(parts: {
    readonly vault: Vault;
    readonly clock: Clock;
    readonly own: { readonly code: string };
  }) {
    this.#parts = parts;
  }

  /** Calls when there is something to send. */
  onDue(wake: () => void): void {
    this.#waking.add(wake);
  }

  async changed(unit: Unit, { before, after }: ReferralChange): Promise<() => void> {
    if (before?.version === after.version) return () => undefined;
    const { clock, own } = this.#parts;
    const now = clock.now();
    let any = false;
    for (const row of await unit.all(allSubscriptions, {})) {
      if (row.status === 'off' || !wants(this.#subscribed(row), after, own.code)) continue;
      const counted = await unit.one(countEvent, { id: row.id, now });
      if (!counted) continue;
      await unit.run(insertNotification, {
        subscription_id: row.id,
        number: counted.events,
        referral_id: after.id,
        at: now,
      });
      any = true;
    }
    return () => {
      if (any) for (const wake of this.#waking) wake();
    };
  }

  #subscribed(row: SubscriptionRow): Subscribed {
    const known = this.#read.get(row.id);
    if (known?.version === row.version) return known.subscribed;
    const { subscribed } = openContent(this.#parts.vault, row);
    this.#read.set(row.id, { version: row.version, subscribed });
    return subscribed;
  }
}
