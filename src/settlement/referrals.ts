import type { Direction, Level } from '../../schemas/organisation.ts';
import type { ReferralState } from '../../schemas/settlement-words.ts';

/** What the settlement side asks of whoever keeps referrals: the referral side, and filings at an insurer. */
export interface Referrals {
  /** The referral with this number, as long as it stands: not one that was declined, cancelled or withdrawn. */
  onFile(number: string): Promise<ReferralOnFile | undefined>;
}

export interface ReferralOnFile {
  readonly state: Exclude<ReferralState, 'none'>;
  readonly direction: Direction;
  /** Levels of the two institutions, where they are known. */
  readonly fromLevel?: Level | undefined;
  readonly toLevel?: Level | undefined;
}
