import type { FilesAnswer, FilesRequest, FilesWriting, FilesWritten } from '../../../schemas/card.ts';
import type { AuditTrail } from '../../access/audit.ts';
import type { Caller } from '../../access/caller.ts';
import type { Vault } from '../../access/vault.ts';
import { type ChipSessionParts, type PresentedChip, withChip } from '../chip-session.ts';
import { healthCardFiles } from '../health-card/files.ts';
import { withIrv } from '../health-card/irv.ts';
import type { CardSlot } from '../port.ts';
import { socialSecurityFiles } from '../social-security/files.ts';
import type { CardFiles } from './card.ts';
import type { Authenticate } from './chip-files.ts';
import { pipeText } from './contents.ts';
import { type FileOptions, readFiles } from './reading.ts';
import { writeFiles } from './writing.ts';

/** A photo and all records of a full card over a slow line. */
const FILES_LIMIT_MS = 60_000;

const NAMES_LENGTH_MAX = 200;

export interface FileServiceParts extends ChipSessionParts {
  readonly audit: AuditTrail;
  readonly vault: Vault;
  /** Refuses a card, by its number, that must not be used. Fault `card.revoked`. */
  readonly admit?: ((cardId: string) => void) | undefined;
  /** What a card is shown where a file answers 6982; such files stay locked where it is absent. */
  readonly authenticate?: (readerId: string, chip: PresentedChip) => Authenticate | undefined;
}

const cards: Readonly<Record<NonNullable<FilesRequest['card']>, CardFiles>> = {
  'social-security-card': socialSecurityFiles,
  'health-card': healthCardFiles,
};

/**
 * Reads and writes the files of cards by their addresses. What they hold goes to the caller and nowhere else; that it
 * was read or written is on the audit trail, under a fingerprint by which the same card is known again.
 */
export class FileService {
  readonly #parts: FileServiceParts;

  constructor(parts: FileServiceParts) {
    this.#parts = parts;
  }

  /** Faults: those of `withChip` and `readFiles`, `card.revoked`. */
  async read(
    readerId: string,
    request: FilesRequest,
    caller: Caller,
    cancelled?: AbortSignal,
  ): Promise<FilesAnswer> {
    const { fileAddress, card = 'social-security-card', cardId } = request;
    const expected = cardId === undefined ? {} : { cardId };
    const read = await this.#with(readerId, request, cancelled, (slot, options) =>
      readFiles(slot, cards[card], fileAddress, { ...options, ...expected }),
    );
    await this.#audit(caller, 'read-files', readerId, request, read.cardId);
    this.#parts.admit?.(read.cardId);
    return { ...read, text: pipeText(read.files) };
  }

  /** Faults: those of `withChip` and `writeFiles`, `card.revoked`. */
  async write(
    readerId: string,
    request: FilesWriting,
    caller: Caller,
    cancelled?: AbortSignal,
  ): Promise<FilesWritten> {
    const { fileAddress, card = 'social-security-card', cardId, values } = request;
    this.#parts.admit?.(cardId);
    // Before the card is touched: what may have been written must not go unnoticed.
    await this.#audit(caller, 'write-files', readerId, request, cardId);
    return this.#with(readerId, request, cancelled, (slot, options) =>
      writeFiles(slot, cards[card], fileAddress, values, { ...options, cardId }),
    );
  }

  #with<T>(
    readerId: string,
    request: FilesRequest | FilesWriting,
    cancelled: AbortSignal | undefined,
    work: (slot: CardSlot, options: FileOptions) => Promise<T>,
  ): Promise<T> {
    const run = async (chip: PresentedChip) => {
      const authenticate = this.#parts.authenticate?.(readerId, chip);
      const reading = () => work(chip.slot, authenticate ? { authenticate } : {});
      return request.card === 'health-card' ? withIrv(reading) : reading();
    };
    return withChip(this.#parts, readerId, request, { run, limitMs: FILES_LIMIT_MS }, cancelled);
  }

  /** Which files, never what was in them. */
  async #audit(
    caller: Caller,
    act: string,
    reader: string,
    { fileAddress, card = 'social-security-card' }: FilesRequest | FilesWriting,
    cardId: string,
  ): Promise<void> {
    const { audit, vault } = this.#parts;
    const subject = vault.fingerprint('card', cardId.toUpperCase());
    const detail = { reader, card, files: namesOf(fileAddress) };
    await audit.look({ ...caller, act, kind: 'card', subject, detail });
  }
}

/** `SSSEEF05 SSSEEF06`. */
function namesOf(address: string): string {
  const names = address.split('$').map((part) => part.split('|')[0] ?? '');
  return [...new Set(names)]
    .filter((name) => name !== '')
    .join(' ')
    .slice(0, NAMES_LENGTH_MAX);
}
