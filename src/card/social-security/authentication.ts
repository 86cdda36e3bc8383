import type { PsamConfiguration } from '../../../schemas/reader-configuration.ts';
import { type ErrorCode, Fault } from '../../errors.ts';
import type { CardSlot, EncryptionMachine, OpenReader } from '../port.ts';
import { challenge, type KeyedCard, respond } from './encryption.ts';
import { authenticateByPsam } from './psam.ts';

/** Why a card stayed locked although an authentication was tried. Plain data, since it travels with the card. */
export interface Hindrance {
  readonly code: ErrorCode;
  readonly detail?: string;
}

export type Authentication =
  | { readonly by: 'psam' | 'encryption-machine' }
  | { readonly hindrance: Hindrance };

/** Opens a card that keeps its holder until it is authenticated. */
export interface Authenticator {
  /**
   * Faults: those of the card's slot, `card.authentication` where card and keys don't fit, `card.refused`. That a way
   * can't be gone, for want of a module, a key or a line, is no fault but a hindrance.
   */
  authenticate(slot: CardSlot, card: KeyedCard): Promise<Authentication>;
}

/** The authenticator of a reader, where it has one. */
export type AuthenticatorOf = (readerId: string, reader: OpenReader) => Authenticator | undefined;

export interface Ways {
  /** The PSAM of each reader that has one, by the reader's id. */
  readonly psams: ReadonlyMap<string, PsamConfiguration>;
  readonly machine?: EncryptionMachine | undefined;
}

type Way = Authenticator['authenticate'];

/** Tries the PSAM of the reader first, since it needs no line, then the encryption machine. */
export function authenticators({ psams, machine }: Ways): AuthenticatorOf {
  return (readerId, reader) => {
    const psam = psams.get(readerId);
    const ways: Way[] = [
      ...(psam ? [(slot: CardSlot, card: KeyedCard) => byPsam(reader, psam, slot, card)] : []),
      ...(machine ? [(slot: CardSlot, card: KeyedCard) => byMachine(machine, slot, card)] : []),
    ];
    return ways.length === 0 ? undefined : { authenticate: firstOf(ways) };
  };
}

function firstOf(ways: readonly Way[]): Way {
  return async (slot, card) => {
    let outcome: Authentication = { hindrance: { code: 'card.locked-data' } };
    for (const way of ways) {
      outcome = await way(slot, card);
      if ('by' in outcome) break;
    }
    return outcome;
  };
}

async function byPsam(
  { sams }: OpenReader,
  settings: PsamConfiguration,
  slot: CardSlot,
  card: KeyedCard,
): Promise<Authentication> {
  const sam = sams?.[settings.slot - 1];
  const outcome = sam
    ? await authenticateByPsam(sam, slot, card, settings)
    : { why: `the reader has no slot ${settings.slot} for a PSAM` };
  if (outcome === 'open') return { by: 'psam' };
  return { hindrance: { code: 'card.locked-data', detail: outcome.why } };
}

async function byMachine(
  machine: EncryptionMachine,
  slot: CardSlot,
  card: KeyedCard,
): Promise<Authentication> {
  const challenged = await challenge(slot, card, true);
  try {
    const answer = await machine.authenticate(challenged.request);
    await respond(slot, challenged, answer);
    return { by: 'encryption-machine' };
  } catch (error) {
    if (!(error instanceof Fault) || !error.code.startsWith('encryption.')) throw error;
    const { code, context } = error;
    return { hindrance: { code, ...(context.detail === undefined ? {} : { detail: context.detail }) } };
  }
}
