import { useCallback } from 'react';
import type { OrganisationView, RouteAnswer } from '../../../../schemas/directory.ts';
import { ApiError, call } from '../api.ts';
import { type Loaded, useLoaded } from '../shell/use-loaded.ts';

export interface Receivers {
  readonly items: readonly OrganisationView[];
  /** Where the gateway would send a patient by itself. */
  readonly usual: string | undefined;
}

/** Who takes referrals today and can be reached, and who is the usual one, where the receiver is still to be chosen. */
export function useReceivers(chosen: boolean): Loaded<Receivers> {
  return useLoaded(useCallback((signal: AbortSignal) => load(chosen, signal), [chosen]));
}

async function load(chosen: boolean, signal: AbortSignal): Promise<Receivers> {
  const items: OrganisationView[] = [];
  let after = '';
  do {
    const path = `/v1/organisations?open=true&limit=200${after}`;
    const page: { items: OrganisationView[]; next?: string } = await call('GET', path, { signal });
    items.push(...page.items.filter(({ own, reach }) => !own && reach !== 'none'));
    after = page.next === undefined ? '' : `&after=${encodeURIComponent(page.next)}`;
  } while (after !== '');
  return { items, usual: chosen ? undefined : await usual(signal) };
}

/** None where nobody is above this institution; then a person chooses. */
async function usual(signal: AbortSignal): Promise<string | undefined> {
  try {
    const body = { need: {}, direction: 'up' };
    return (await call<RouteAnswer>('POST', '/v1/referrals/route', { body, signal })).to.code;
  } catch (error) {
    if (error instanceof ApiError && error.problem.code.startsWith('referral.')) return undefined;
    throw error;
  }
}
