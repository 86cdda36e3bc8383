import type { RouteRequest } from '../../schemas/directory.ts';
import { type Clock, chinaDate } from '../clock.ts';
import { Fault } from '../errors.ts';
import { type Entry, type Knowledge, knowledgeOf, type Route, route } from './routing.ts';

/** Finds receiver and way. Throws Fault referral.… at the place of the request that can't be met. */
export type Router = (request: RouteRequest) => Route;

/** Routes by what is known at the moment of each request. */
export function routerOver(known: () => Knowledge, clock: Clock): Router {
  return (request) => {
    if (request.to === undefined && request.need === undefined) {
      const detail = 'to 与 need 至少提供一个 / one of to and need';
      throw new Fault('request.invalid', { pointer: '/body/to', detail });
    }
    const found = route(known(), request, chinaDate(clock.now()));
    if (found.ok) return found.value;
    const pointer = request.to === undefined ? '/body/need' : '/body/to';
    throw new Fault(`referral.${found.error}`, { pointer });
  };
}

/** Where there is no directory: everybody is sent to over a link of their own, or not at all. */
export function directRouter(parts: { own: Entry; organisations: readonly Entry[]; clock: Clock }): Router {
  return routerOver(() => knowledgeOf(parts.own, parts.organisations), parts.clock);
}
