import { useCallback, useState } from 'react';
import type { Heard } from '../shell/use-events.ts';

/** What has come since somebody last opened a referral. */
export interface Arrived {
  readonly all: number;
  readonly emergencies: number;
}

const NONE: Arrived = { all: 0, emergencies: 0 };

export interface Arrivals {
  readonly arrived: Arrived;
  hear(event: Heard): void;
  clear(): void;
}

/** Counts the referrals that arrive here while the page is open. */
export function useArrivals(): Arrivals {
  const [arrived, setArrived] = useState(NONE);
  const hear = useCallback((event: Heard) => setArrived((arrived) => counted(arrived, event)), []);
  const clear = useCallback(() => setArrived(NONE), []);
  return { arrived, hear, clear };
}

/** A referral is new at its first version; one that is under way from then on came by the green channel. */
export function counted(arrived: Arrived, { type, data }: Heard): Arrived {
  if (type !== 'referral.state' || data.role !== 'recipient' || data.version !== 1) return arrived;
  const emergency = data.state === 'active' ? 1 : 0;
  return { all: arrived.all + 1, emergencies: arrived.emergencies + emergency };
}
