import { Fault } from '../errors.ts';
import type { CardSlot, Told } from './port.ts';
import { readSocialSecurityCard } from './social-security/application.ts';
import type { Authenticator } from './social-security/authentication.ts';

/** The chip cards this program knows. */
export type ChipKind = 'social-security-card' | 'health-card';

/**
 * Reads the chip card in a slot, whichever of the accepted kinds it is: each is asked for in turn, and a card that
 * knows none of them is `card.unknown`. Faults: those of the slot and of reading the card.
 */
export async function readChipCard(
  slot: CardSlot,
  atr: Buffer,
  accept: readonly ChipKind[],
  authenticator?: Authenticator,
): Promise<Told> {
  if (!accept.includes('social-security-card')) throw new Fault('card.unknown');
  return {
    kind: 'social-security-card',
    card: await readSocialSecurityCard(slot, atr, authenticator),
  };
}
