import type { Identity } from '../../schemas/identity.ts';
import type { Direction, Level } from '../../schemas/organisation.ts';
import type { ReferralState } from '../../schemas/settlement-words.ts';
import type { Result } from '../result.ts';
import type { ReferralNote } from './bill.ts';

/** What the settlement side asks of whoever keeps referrals: the referral side, and filings at an insurer. */
export interface Referrals {
  /** The referral with this number, as long as it stands: not one that was declined, cancelled or withdrawn. */
  onFile(number: string): Promise<ReferralOnFile | undefined>;
}

/** Which referral a visit, or a stay, at this institution follows. */
export interface VisitReferrals {
  /** The newest of the person's that may be used at that time or, with `id`, that one: the error says why it can't. */
  forVisit(visit: ReferredVisit): Promise<Result<VisitReferral | undefined, ReferralFlaw>>;
}

export interface ReferredVisit {
  readonly identity: Identity;
  /** When the visit, or the stay, began: epoch ms. */
  readonly at: number;
  readonly id?: string;
}

export type VisitReferral = ReferralNote & { readonly id: string };

/** Why a referral that was named can't be used. */
export interface ReferralFlaw {
  readonly kind: 'unknown' | 'other-person' | 'elsewhere' | 'not-accepted' | 'other-time';
  /** Its state, and from when until when it holds. */
  readonly facts?: Readonly<Record<string, string>>;
}

export interface ReferralOnFile {
  readonly state: Exclude<ReferralState, 'none'>;
  readonly direction: Direction;
  /** Levels of the two institutions, where they are known. */
  readonly fromLevel?: Level | undefined;
  readonly toLevel?: Level | undefined;
}
