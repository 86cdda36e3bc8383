import type * as Wire from '../../schemas/settlement.ts';
import type { ReferralSource } from '../../schemas/settlement-words.ts';
import type { UsedReferral } from '../../schemas/visit-referral.ts';
import { type ErrorCode, Fault } from '../errors.ts';
import type { ReferralFlaw, ReferralNote, ReferredVisit, VisitReferrals } from './port.ts';

/** What a request says of the referral that a visit follows. */
export type WhichReferral = Pick<Wire.SettlementRequest, 'referral' | 'referralId' | 'useReferral'>;

const CODES: Readonly<Record<ReferralFlaw['kind'], ErrorCode>> = {
  unknown: 'settlement.referral-unknown',
  'other-person': 'settlement.referral-person',
  elsewhere: 'settlement.referral-elsewhere',
  'not-accepted': 'settlement.referral-not-accepted',
  'other-time': 'settlement.referral-time',
};

/**
 * The referral that a visit, or a stay, follows: what the caller tells of, the one the caller names or, unless the
 * caller wants none, the newest that stands. One that is found by itself and can't be used is passed over; one that
 * was named is a Fault: `settlement.referral-*`.
 */
export async function followed(
  referrals: VisitReferrals | undefined,
  { referral, referralId, useReferral = true }: WhichReferral,
  visit: Omit<ReferredVisit, 'id'>,
): Promise<ReferralNote | undefined> {
  const pointer = '/body/referralId';
  const ways = [referral, referralId].filter((way) => way !== undefined).length;
  if (ways > 1 || (ways === 1 && !useReferral)) {
    const detail = '只能是 referral、referralId、useReferral=false 之一 / one of them at most';
    throw new Fault('request.invalid', { pointer, detail });
  }
  if (referral) return { ...referral, source: 'told' };
  if (referralId === undefined) {
    const found = useReferral ? await referrals?.forVisit(visit) : undefined;
    return found?.ok && found.value ? { ...found.value, source: 'on-file' } : undefined;
  }
  const named = await referrals?.forVisit({ ...visit, id: referralId });
  if (named?.ok && named.value) return { ...named.value, source: 'named' };
  const flaw: ReferralFlaw = named && !named.ok ? named.error : { kind: 'unknown' };
  throw new Fault(CODES[flaw.kind], { pointer, ...(flaw.facts ? { facts: flaw.facts } : {}) });
}

/** What a row keeps in the clear, so that a bill need not be opened to see that it follows nothing. */
export function sourceOf(referral: ReferralNote | undefined): ReferralSource | null {
  return referral ? (referral.source ?? 'told') : null;
}

export function referralView(referral: ReferralNote | undefined): { referral?: UsedReferral } {
  if (!referral) return {};
  const { id, source = 'told', number, direction, fromCode, fromName, date } = referral;
  return {
    referral: {
      ...{ source, number, direction, fromCode, fromName, date },
      ...(id === undefined ? {} : { id }),
    },
  };
}
