import type { FilingRequest } from '../../../schemas/filing.ts';
import type { Identity } from '../../../schemas/identity.ts';
import { LEVELS, type Level } from '../../../schemas/organisation.ts';
import { err, ok, type Result } from '../../result.ts';
import type { Filing, ReferralOnFile } from '../port.ts';

/** What is wrong with a request, and where: `pointer` is relative to the body. */
export interface Flaw {
  readonly pointer: string;
  readonly detail: string;
}

/** The filing that a request asks for: of exactly one kind, its days in order. */
export function filingOf(id: string, body: FilingRequest, identity: Identity): Result<Filing, Flaw> {
  const { transfer, chronic, designated, insutype, operator, from, to, telephone, address } = body;
  const given = [transfer, chronic, designated].filter((kind) => kind !== undefined);
  if (given.length !== 1)
    return err({ pointer: '/transfer', detail: 'exactly one of transfer, chronic and designated' });
  if (to !== undefined && to < from) return err({ pointer: '/to', detail: 'is before from' });
  const common = {
    ...{ id, identity, from },
    ...(to === undefined ? {} : { to }),
    ...(insutype === undefined ? {} : { insutype }),
    ...(operator && { operator }),
    ...(telephone === undefined ? {} : { telephone }),
    ...(address === undefined ? {} : { address }),
  };
  if (transfer) return ok({ ...common, ...transfer, kind: 'transfer' });
  if (chronic) return ok({ ...common, ...chronic, kind: 'chronic' });
  return ok({ ...common, ...designated!, kind: 'designated' });
}

/** Places that all kinds of filings share; every other is within the part of its kind. */
const SHARED = /^\/(insutype|operator|from|to|telephone|address|identity)(\/|$)/;

/** A place in a filing, as an adapter names it, in the request's body. */
export function inRequest(pointer: string, kind: Filing['kind']): string {
  return SHARED.test(pointer) ? pointer : `/${kind}${pointer}`;
}

/** biz_appy_type of designations that say how a visit stands to referral. */
const STATES = { '06': 'referred', '07': 'emergency', '08': 'resident' } as const;

/**
 * What a filing says about how a visit stands to referral, on a day; nothing where it says nothing. `levelOf` knows
 * the level of some institutions.
 */
export function referralOf(
  filing: Filing,
  day: string,
  ownLevel: Level,
  levelOf: (code: string) => Level | undefined,
): ReferralOnFile | undefined {
  if (day < filing.from || day > (filing.to ?? day)) return undefined;
  if (filing.kind === 'chronic') return undefined;
  const state = filing.kind === 'transfer' ? 'referred' : STATES[filing.business as keyof typeof STATES];
  if (!state) return undefined;
  const toLevel = levelOf(filing.kind === 'transfer' ? filing.toCode : filing.institutionCode);
  const climb = toLevel === undefined ? 1 : LEVELS.indexOf(toLevel) - LEVELS.indexOf(ownLevel);
  const direction = climb > 0 ? 'up' : climb < 0 ? 'down' : 'across';
  return { state, direction, fromLevel: ownLevel, toLevel };
}
