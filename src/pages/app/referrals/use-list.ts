import { useCallback } from 'react';
import type { ReferralSummary } from '../../../../schemas/referral.ts';
import { call } from '../api.ts';
import { type Loaded, useLoaded } from '../shell/use-loaded.ts';
import { byUrgency } from './order.ts';

/** 转入, 转出: which end of a referral this institution is. */
export type Box = ReferralSummary['role'];

export const FILTERS = ['open', 'overdue', 'review', 'completed', 'all'] as const;
export type Filter = (typeof FILTERS)[number];

const QUERY: Readonly<Record<Filter, string>> = {
  open: '&state=open',
  overdue: '&overdue=true',
  review: '&review=waiting',
  completed: '&state=completed',
  all: '',
};

/** As many as a person looks through; older ones come when they are asked for. */
const PAGE = 100;

export interface Listed {
  readonly items: ReferralSummary[];
  /** Whether there are older ones. */
  readonly more: boolean;
}

/** The referrals of one box, the most urgent first; `pages` says how far back. */
export function useList(box: Box, filter: Filter, pages: number): Loaded<Listed> {
  const load = useCallback(
    async (signal: AbortSignal): Promise<Listed> => {
      const items: ReferralSummary[] = [];
      let next: string | undefined;
      for (let page = 0; page < pages; page += 1) {
        const after = next === undefined ? '' : `&after=${next}`;
        const path = `/v1/referrals?role=${box}${QUERY[filter]}&limit=${PAGE}${after}`;
        const answer = await call<{ items: ReferralSummary[]; next?: string }>('GET', path, { signal });
        items.push(...answer.items);
        next = answer.next;
        if (next === undefined) break;
      }
      return { items: byUrgency(items), more: next !== undefined };
    },
    [box, filter, pages],
  );
  return useLoaded(load);
}
