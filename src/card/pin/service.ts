import type { PinRequest } from '../../../schemas/card.ts';
import type { AuditTrail } from '../../access/audit.ts';
import type { Caller } from '../../access/caller.ts';
import type { Vault } from '../../access/vault.ts';
import { Fault } from '../../errors.ts';
import { COMMAND_TIMEOUT_MS } from '../apdu.ts';
import { type ChipSessionParts, type PresentedChip, withChip } from '../chip-session.ts';
import { ChipFiles } from '../files/chip-files.ts';
import type { OpenReader, PinCommand, PinPad } from '../port.ts';
import { socialSecurityFiles } from '../social-security/files.ts';
import { pinCommands, requireTaken, TRIES_QUERY, triesLeftOf } from './rules.ts';

/** How long the holder may take to type; a change is typed in three parts. */
const TYPING_TIMEOUT_MS = 60_000;
/** What the commands around the typing may take. */
const COMMANDS_LIMIT_MS = 20_000;

export interface PinServiceParts extends ChipSessionParts {
  readonly audit: AuditTrail;
  readonly vault: Vault;
  /** Refuses a card, by its number, that must not be used. Fault `card.revoked`. */
  readonly admit?: ((cardId: string) => void) | undefined;
}

export interface PinTaken {
  /** Where the card told it before the PIN was typed. */
  readonly triesLeftBefore?: number;
}

/**
 * Has the holder type his PIN on the reader's own keys, for the social-security card that lies in it. The digits go
 * from the keys to the card inside the reader; here only the card's status word comes by. Each attempt is on the audit
 * trail with its outcome, under a fingerprint of the card.
 */
export class PinService {
  readonly #parts: PinServiceParts;

  constructor(parts: PinServiceParts) {
    this.#parts = parts;
  }

  /** Faults: those of `withChip` and of the pad; `pin.unsupported`, `pin.wrong`, `pin.locked`, `card.*`. */
  verify(readerId: string, request: PinRequest, caller: Caller, cancelled?: AbortSignal): Promise<PinTaken> {
    return this.#typed(readerId, request, { ...caller, act: 'verify-pin' }, pinCommands.verify, cancelled);
  }

  /** Has the old and the new PIN typed. Faults: as `verify`, and `pin.differs`. */
  change(readerId: string, request: PinRequest, caller: Caller, cancelled?: AbortSignal): Promise<PinTaken> {
    return this.#typed(readerId, request, { ...caller, act: 'change-pin' }, pinCommands.change, cancelled);
  }

  #typed(
    readerId: string,
    request: PinRequest,
    by: Caller & { readonly act: string },
    command: PinCommand,
    cancelled: AbortSignal | undefined,
  ): Promise<PinTaken> {
    const run = async (chip: PresentedChip): Promise<PinTaken> => {
      const files = new ChipFiles(chip.slot, socialSecurityFiles);
      const { cardId } = await files.identify();
      const note = (outcome: string) => this.#audit(by, readerId, cardId, outcome);
      try {
        this.#parts.admit?.(cardId);
        const taken = await typed(chip, command);
        await note('done');
        return taken;
      } catch (error) {
        await note(error instanceof Fault ? error.code : 'gateway.fault');
        throw error;
      }
    };
    const limitMs = TYPING_TIMEOUT_MS + COMMANDS_LIMIT_MS;
    return withChip(this.#parts, readerId, request, { prepare: padOf, run, limitMs }, cancelled);
  }

  async #audit(
    { act, ...caller }: Caller & { readonly act: string },
    reader: string,
    cardId: string,
    outcome: string,
  ): Promise<void> {
    const subject = this.#parts.vault.fingerprint('card', cardId);
    await this.#parts.audit.look({ ...caller, act, kind: 'card', subject, detail: { reader, outcome } });
  }
}

async function typed({ reader, slot, signal }: PresentedChip, command: PinCommand): Promise<PinTaken> {
  // Sent as it is: a length that the card proposed would make a try of it.
  const triesLeftBefore = triesLeftOf(statusOf(await slot.transmit(TRIES_QUERY, COMMAND_TIMEOUT_MS)));
  requireTaken(statusOf(await padOf(reader).transmit(slot, command, TYPING_TIMEOUT_MS, signal)));
  return triesLeftBefore === undefined ? {} : { triesLeftBefore };
}

function statusOf(answer: Buffer): number {
  if (answer.length < 2) throw new Fault('reader.protocol', { detail: 'an answer without status bytes' });
  return answer.readUInt16BE(answer.length - 2);
}

function padOf({ pinPad }: OpenReader): PinPad {
  if (!pinPad) throw new Fault('pin.unsupported');
  return pinPad;
}
