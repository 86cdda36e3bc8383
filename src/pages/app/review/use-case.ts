import { useCallback } from 'react';
import type { Static } from 'typebox';
import type { Exchange, ShownExchange } from '../../../../schemas/exchange.ts';
import type { Filing } from '../../../../schemas/filing.ts';
import type { Settlement } from '../../../../schemas/settlement.ts';
import type { Stay } from '../../../../schemas/stay.ts';
import { call } from '../api.ts';
import { type Loaded, useLoaded } from '../shell/use-loaded.ts';
import { type Case, caseOfFiling, caseOfSettlement, caseOfStay, type Kind } from './matters.ts';

/** One exchange with what went over the wire, masked; each look is on the audit trail. */
export type Body = Static<typeof ShownExchange>;

/** One matter, with its exchanges. */
export function useCase(kind: Kind, id: string): Loaded<Case> {
  return useLoaded(useCallback((signal) => READ[kind](id, signal), [kind, id]));
}

export function readBody(id: string, signal: AbortSignal): Promise<Body> {
  return call<Body>('GET', `/v1/exchanges/${id}`, { signal });
}

const READ: Readonly<Record<Kind, (id: string, signal: AbortSignal) => Promise<Case>>> = {
  async settlement(id, signal) {
    const [one, exchanges] = await Promise.all([
      call<Settlement>('GET', `/v1/settlements/${id}`, { signal }),
      exchangesOf(`/v1/settlements/${id}`, signal),
    ]);
    return caseOfSettlement(one, exchanges);
  },
  async stay(id, signal) {
    const [one, exchanges] = await Promise.all([
      call<Stay>('GET', `/v1/stays/${id}`, { signal }),
      exchangesOf(`/v1/stays/${id}`, signal),
    ]);
    return caseOfStay(one, exchanges);
  },
  /** A filing names its one exchange. */
  async filing(id, signal) {
    const one = await call<Filing>('GET', `/v1/filings/${id}`, { signal });
    return caseOfFiling(one, one.exchangeId === undefined ? [] : [await readBody(one.exchangeId, signal)]);
  },
};

async function exchangesOf(path: string, signal: AbortSignal): Promise<Exchange[]> {
  return (await call<{ items: Exchange[] }>('GET', `${path}/exchanges`, { signal })).items;
}
