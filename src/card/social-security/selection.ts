import { Fault } from '../../errors.ts';
import { exchange, SW, selectApplication, swText } from '../apdu.ts';
import type { CardSlot } from '../port.ts';
import { SOCIAL_SECURITY_AID } from './items.ts';

/** The bank's application on a social-security card with financial functions. */
const BANK_AID = Buffer.from('A000000333010101', 'hex');

/**
 * What a card answers to SELECT that its issuer has blocked, or whose application he has. 6283, 6285, 6985 and 6A81
 * are status words of ISO/IEC 7816-4 (5.6); 62xx are warnings, with which the file is selected all the same. That 6A81
 * follows CARD BLOCK, and 9303 (LD/T 33 error −37635) an application blocked for good, is no matter of ISO.
 */
const BLOCKED: Readonly<Record<number, 'card' | 'application'>> = {
  25219: 'application', // selected file invalidated
  25221: 'application', // selected file in termination state
  27013: 'application', // conditions of use not satisfied
  27265: 'card', // function not supported
  37635: 'application', // application permanently locked
};

/** The application as it was found. */
export interface Selected {
  /** Its file control information; empty on early cards that know the file but not the application's name. */
  readonly fci: Buffer;
  /** Whether its issuer has blocked it; what can be read of it can still be read. */
  readonly blocked: boolean;
}

export interface SelectionOptions {
  /**
   * Whether the card is read over the antenna. There some cards of generation 3 show their bank application first, and
   * know ours only once that one was selected.
   */
  readonly contactless?: boolean;
}

/**
 * Selects the application of a social-security card. Nothing where the card does not know its name, which an early
 * card does not either. Faults: those of the slot; `card.unknown` for a card that is clearly another;
 * `card.blocked`, `card.refused` with the status word.
 */
export async function selectSocialSecurity(
  slot: CardSlot,
  { contactless = false }: SelectionOptions = {},
): Promise<Selected | undefined> {
  let answer = await exchange(slot, selectApplication(SOCIAL_SECURITY_AID));
  if (answer.sw === SW.fileNotFound && contactless) {
    const bank = await exchange(slot, selectApplication(BANK_AID), { fetch: false });
    if (bank.sw === SW.done || bank.sw >> 8 === 0x61) {
      answer = await exchange(slot, selectApplication(SOCIAL_SECURITY_AID));
    }
  }
  const { sw, data } = answer;
  if (sw === SW.done) return { fci: data, blocked: false };
  if (sw === SW.fileNotFound) return undefined;
  const facts = { sw: swText(sw) };
  const blocked = BLOCKED[sw];
  if (blocked !== undefined && sw >> 8 === 0x62) return { fci: data, blocked: true };
  if (blocked !== undefined) throw new Fault('card.blocked', { facts: { ...facts, blocked } });
  throw new Fault(saysUnknown(sw) ? 'card.unknown' : 'card.refused', { facts });
}

/** Lengths, classes, parameters and commands that a card does not know: none of ours answers so to its own name. */
function saysUnknown(sw: number): boolean {
  return [0x67, 0x68, 0x6a, 0x6b, 0x6d, 0x6e].includes(sw >> 8) || sw === 0x6999;
}
