import { useCallback } from 'react';
import type { Attachment } from '../../../../schemas/attachment.ts';
import type { HistoryEntry, Referral } from '../../../../schemas/referral.ts';
import { call } from '../api.ts';
import { type Loaded, useLoaded } from '../shell/use-loaded.ts';
import type { Leg } from './timeline.ts';

/** One referral as it is opened: with its history, that of the others of the case, and its files. */
export interface Case {
  readonly referral: Referral;
  readonly legs: readonly Leg[];
  readonly files: readonly Attachment[];
}

/** The referral that is open; none where none is. */
export function useCase(id: string | undefined): Loaded<Case | undefined> {
  const load = useCallback(
    async (signal: AbortSignal): Promise<Case | undefined> => {
      if (id === undefined) return undefined;
      const [referral, files] = await Promise.all([
        call<Referral>('GET', `/v1/referrals/${id}`, { signal }),
        call<{ items: Attachment[] }>('GET', `/v1/referrals/${id}/attachments`, { signal }),
      ]);
      const legs = await Promise.all(
        [referral, ...referral.links].map(async ({ id, role, peer }) => {
          return { id, role, peer, entries: await historyOf(id, signal) };
        }),
      );
      return { referral, legs, files: files.items };
    },
    [id],
  );
  return useLoaded(load);
}

const ENTRIES = 200;

async function historyOf(id: string, signal: AbortSignal): Promise<HistoryEntry[]> {
  const entries: HistoryEntry[] = [];
  let after: string | undefined = '0';
  while (after !== undefined) {
    const path: string = `/v1/referrals/${id}/history?limit=${ENTRIES}&after=${after}`;
    const page: { items: HistoryEntry[]; next?: string } = await call('GET', path, { signal });
    entries.push(...page.items);
    after = page.next;
  }
  return entries;
}
