import { Fault } from '../errors.ts';
import { readHealthCard } from './health-card/application.ts';
import type { HealthCardAuthenticator } from './health-card/external-authentication.ts';
import { selectHealthCard } from './health-card/files.ts';
import type { CardSlot, Told } from './port.ts';
import { readSelected } from './social-security/application.ts';
import type { Authenticator } from './social-security/authentication.ts';
import { selectSocialSecurity } from './social-security/selection.ts';

/** The chip cards this program knows. */
export type ChipKind = 'social-security-card' | 'health-card';

export interface ChipOptions {
  /** Whether the card lies on the antenna. */
  readonly contactless?: boolean;
  /** Authenticates us towards a health card, which is read freely otherwise. */
  readonly healthCard?: HealthCardAuthenticator | undefined;
  /** Opens a social-security card that keeps its holder locked. */
  readonly authenticator?: Authenticator | undefined;
}

/**
 * Reads the chip card in a slot, whichever of the accepted kinds it is, and never asks for one twice: the first kind
 * that is accepted by its name, then the other, and at last the early social-security cards, which do not know theirs.
 * A card that is none of them is `card.unknown`. Faults: those of the slot and of reading the card.
 */
export async function readChipCard(
  slot: CardSlot,
  atr: Buffer,
  accept: readonly ChipKind[],
  options: ChipOptions = {},
): Promise<Told> {
  for (const kind of accept) {
    if (kind === 'health-card') {
      if (!(await selectHealthCard(slot))) continue;
      return { kind, card: await readHealthCard(slot, atr, options.healthCard) };
    }
    const selected = await orUnknown(selectSocialSecurity(slot, options), accept);
    if (selected) return { kind, card: await readSelected(slot, atr, selected, options.authenticator) };
  }
  if (!accept.includes('social-security-card')) throw new Fault('card.unknown');
  return {
    kind: 'social-security-card',
    card: await readSelected(slot, atr, undefined, options.authenticator),
  };
}

/** A card that is clearly no social-security card may still be of the other kind. */
async function orUnknown<T>(selecting: Promise<T>, accept: readonly ChipKind[]): Promise<T | undefined> {
  try {
    return await selecting;
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'card.unknown' || accept.length === 1) throw error;
    return undefined;
  }
}
