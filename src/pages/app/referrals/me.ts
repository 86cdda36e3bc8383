import type { Claimant } from '../../../../schemas/referral-claim.ts';
import type { Session } from '../../../../schemas/user.ts';

/** Who is signed in, as a doctor or reviewer of this side: the name of the sign-in is the number. */
export function claimantOf({ name, displayName }: Session): Claimant {
  return { number: name, name: displayName };
}
