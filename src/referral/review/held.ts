import type { Referral, ReferralAct } from '../../../schemas/referral.ts';
import type { Claimant } from '../../../schemas/referral-claim.ts';
import type { ReviewDecision } from '../../../schemas/referral-review.ts';
import type { Vault } from '../../access/vault.ts';
import { timestampOf } from '../../clock.ts';
import type { ReferralRow } from '../queries.ts';
import { reviewActions } from './machine.ts';

/** What waits for its review, sealed with its referral. */
export interface Held {
  /** The answer that is to be given; none where the referral itself is under review. */
  readonly act?: ReferralAct | undefined;
  /** 回转: completes the referral that came, once this one goes back. */
  readonly outcome?: Referral['outcome'];
  /** The number of the doctor who submitted it, as far as it is known. */
  readonly doctor?: string | undefined;
  /** 补录: when the patient really went. */
  readonly at?: number;
  /** Epoch ms. */
  readonly since: number;
  /** Who sent it back, and why. */
  readonly returned?: {
    readonly reviewer: Claimant;
    readonly reason: ReviewDecision['reason'];
    readonly text: ReviewDecision['text'];
  };
}

type HeldColumns = Pick<ReferralRow, 'review' | 'review_act' | 'held'>;

export const NOT_HELD: HeldColumns = { review: null, review_act: null, held: null };

function heldPurpose(referralId: string): string {
  return `referral-held ${referralId}`;
}

/** The columns of what waits for a reviewer. */
export function waiting(
  vault: Vault,
  referralId: string,
  act: NonNullable<ReferralRow['review_act']>,
  held: Held,
): HeldColumns {
  return { review: 'waiting', review_act: act, held: vault.sealJson(heldPurpose(referralId), held) };
}

/** The same, sent back. */
export function correcting(vault: Vault, row: ReferralRow, held: Held): HeldColumns {
  const { id, review_act } = row;
  return { review: 'correcting', review_act, held: vault.sealJson(heldPurpose(id), held) };
}

export function heldOf(vault: Vault, { id, held }: Pick<ReferralRow, 'id' | 'held'>): Held | undefined {
  return held ? vault.openJson<Held>(heldPurpose(id), held) : undefined;
}

/** What a referral shows of its review. */
export function reviewShown(vault: Vault, row: ReferralRow): Pick<Referral, 'review'> {
  const held = heldOf(vault, row);
  if (!held || row.review === null || row.review_act === null) return {};
  const { act, outcome, doctor, since, returned } = held;
  return {
    review: {
      of: row.review_act,
      state: row.review,
      actions: reviewActions(row.review),
      since: timestampOf(since),
      ...(doctor === undefined ? {} : { doctor }),
      ...(act ? { act } : {}),
      ...(outcome ? { outcome } : {}),
      ...(returned ? { reviewer: returned.reviewer } : {}),
      ...(returned?.reason ? { reason: returned.reason } : {}),
      ...(returned?.text === undefined ? {} : { text: returned.text }),
    },
  };
}
