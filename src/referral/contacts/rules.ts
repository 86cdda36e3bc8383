import type { ContactConfiguration } from '../../../schemas/referral-contact.ts';
import { Fault } from '../../errors.ts';

/** Where the directory lists the contacts of the receiver, a referral names only these. Throws Fault request.invalid. */
export function checkNamed(
  known: readonly { readonly role: string }[] | undefined,
  named: readonly string[] = [],
): void {
  if (!known) return;
  const roles = new Set(known.map(({ role }) => role));
  const wrong = named.findIndex((role) => !roles.has(role));
  if (wrong < 0) return;
  const detail = '接收机构没有这个告知对象 / the receiver has no such contact';
  throw new Fault('request.invalid', { pointer: `/body/notify/${wrong}`, detail });
}

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
