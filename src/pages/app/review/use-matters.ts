import { useCallback } from 'react';
import type { Static } from 'typebox';
import type { FilingList } from '../../../../schemas/filing.ts';
import type { SettlementList } from '../../../../schemas/settlement.ts';
import type { StayList } from '../../../../schemas/stay.ts';
import { call } from '../api.ts';
import { type Loaded, useLoaded } from '../shell/use-loaded.ts';
import { inOrder, type Matter, matterOfFiling, matterOfSettlement, matterOfStay } from './matters.ts';

/** As many of a kind and a state as one answer holds. */
const LIMIT = 200;

export interface Matters {
  readonly items: readonly Matter[];
  /** There are more than these. */
  readonly more: boolean;
}

/** Everything whose outcome is not known, of all kinds. */
export function useMatters(): Loaded<Matters> {
  return useLoaded(useCallback(load, []));
}

async function load(signal: AbortSignal): Promise<Matters> {
  const list = <T>(path: string, state: string) =>
    call<T>('GET', `${path}?state=${state}&limit=${LIMIT}`, { signal });
  const found = await Promise.all(
    ['needs-review', 'in-doubt'].flatMap((state) => [
      list<Static<typeof SettlementList>>('/v1/settlements', state).then(({ items, next }) => ({
        items: items.map((item) => matterOfSettlement(item, item.insurers)),
        next,
      })),
      list<Static<typeof StayList>>('/v1/stays', state).then(({ items, next }) => ({
        items: items.map(matterOfStay),
        next,
      })),
      list<Static<typeof FilingList>>('/v1/filings', state).then(({ items, next }) => ({
        items: items.map(matterOfFiling),
        next,
      })),
    ]),
  );
  return {
    items: inOrder(found.flatMap(({ items }) => items)),
    more: found.some(({ next }) => next !== undefined),
  };
}
