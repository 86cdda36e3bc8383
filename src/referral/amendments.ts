import type { ReferralAct } from '../../schemas/referral.ts';
import type { EventContent, ReferralBody } from './model.ts';

/** What an amendment took the place of. */
export type Replaced = Partial<Pick<ReferralBody, 'form' | 'consent'>>;

/**
 * What an act of the initiator is about to replace, kept with the act: should the recipient have closed the case
 * before it came, it is ignored there, and what was before stands at both ends.
 */
export function replacedBy(
  { form, consent }: Pick<ReferralAct, 'form' | 'consent'>,
  body: ReferralBody,
): Pick<EventContent, 'replaces'> {
  if (!form && !consent) return {};
  return {
    replaces: { ...(form ? { form: body.form } : {}), ...(consent ? { consent: body.consent } : {}) },
  };
}
