import type { ReferralSummary } from '../../../../schemas/referral.ts';

type Waiting = Pick<ReferralSummary, 'id' | 'closed' | 'channel' | 'due'>;

/** What has to be looked at first: emergencies, then what is late, then what is due next; what is closed last. */
export function byUrgency<T extends Waiting>(items: readonly T[]): T[] {
  return [...items].sort(
    (one, other) => rankOf(one) - rankOf(other) || dueOf(one) - dueOf(other) || (one.id < other.id ? 1 : -1),
  );
}

function rankOf({ closed, channel, due }: Waiting): number {
  if (closed) return 3;
  if (channel === 'green') return 0;
  return due?.overdue ? 1 : 2;
}

function dueOf({ closed, due }: Waiting): number {
  return closed || !due ? Number.MAX_SAFE_INTEGER : Date.parse(due.at);
}
