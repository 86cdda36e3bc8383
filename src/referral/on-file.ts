import type { Referrals } from '../settlement/port.ts';
import type { Store } from '../store/port.ts';
import { referralById } from './queries.ts';
import type { RoutedOrganisation } from './routing.ts';

/** Referrals that no longer say anything about where a patient is treated. */
const VOID: ReadonlySet<string> = new Set(['draft', 'declined', 'cancelled']);

/** Referrals as the settlement side asks after them: by their number, and no more of them than it needs. */
export function referralsOnFile(parts: {
  readonly store: Store;
  readonly own: RoutedOrganisation;
  readonly organisations: readonly RoutedOrganisation[];
}): Referrals {
  const levelOf = (code: string) => parts.organisations.find((each) => each.code === code)?.level;
  return {
    async onFile(number) {
      const row = await parts.store.one(referralById, { id: number });
      if (!row || VOID.has(row.state)) return undefined;
      const [own, peer] = [parts.own.level, levelOf(row.peer)];
      const [fromLevel, toLevel] = row.role === 'initiator' ? [own, peer] : [peer, own];
      return { state: 'referred', direction: row.direction, fromLevel, toLevel };
    },
  };
}
