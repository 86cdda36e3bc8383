import type { ContactConfiguration } from '../../../schemas/referral-contact.ts';

/**
 * Whom an emergency is told to: those it names by their role, else all. A name that is not known here would leave an
 * emergency untold, so then too it is all.
 */
export function contactsFor(
  contacts: readonly ContactConfiguration[],
  named: readonly string[] | undefined,
): readonly ContactConfiguration[] {
  const found = contacts.filter(({ role }) => named?.includes(role));
  return found.length > 0 ? found : contacts;
}
