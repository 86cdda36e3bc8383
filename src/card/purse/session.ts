import type { PurseCardRequest } from '../../../schemas/purse.ts';
import type { PurseConfiguration } from '../../../schemas/reader-configuration.ts';
import { Fault } from '../../errors.ts';
import { type ChipSessionParts, withChip } from '../chip-session.ts';
import type { OpenReader } from '../port.ts';
import { type Keys, PIN_LIMIT_MS, PurseCard } from './card.ts';

const LOG_FILE_DEFAULT = 0x18;

/** What the commands with card and module may take, and the holder's PIN, before the reader counts as lost. */
const SESSION_LIMIT_MS = 30_000 + PIN_LIMIT_MS;

export interface PurseReaderParts extends ChipSessionParts {
  /** The purse's settings of each reader that has them. */
  readonly purses: ReadonlyMap<string, PurseConfiguration>;
}

/** A card with a purse that lies in a reader, its application selected. */
export interface PurseSession {
  readonly card: PurseCard;
  readonly keys: Keys;
  readonly settings: PurseConfiguration;
  readonly signal: AbortSignal;
}

/** The readers at which purses are used. */
export class PurseReaders {
  readonly #parts: PurseReaderParts;

  constructor(parts: PurseReaderParts) {
    this.#parts = parts;
  }

  /**
   * Gets the reader ready, waits for a card and does something with its purse; the reader is its alone for as long.
   * Faults: those of the pool, `reader.unsupported`, `card.none`, `card.unknown`, and those of the work.
   */
  use<Ready, T>(
    readerId: string,
    request: PurseCardRequest,
    cancelled: AbortSignal | undefined,
    /** What is made ready before the card is waited for, so that nobody stands and waits for it. */
    prepare: (reader: OpenReader, settings: PurseConfiguration) => Promise<Ready>,
    work: (session: PurseSession, ready: Ready) => Promise<T>,
  ): Promise<T> {
    const settingsOf = () => {
      const settings = this.#parts.purses.get(readerId);
      if (!settings) throw new Fault('reader.unsupported', { detail: 'no purse is configured for it' });
      return settings;
    };
    return withChip(
      this.#parts,
      readerId,
      request,
      {
        limitMs: SESSION_LIMIT_MS,
        async prepare(reader) {
          const settings = settingsOf();
          return { settings, ready: await prepare(reader, settings) };
        },
        async run({ reader, slot, signal }, { settings, ready }) {
          const logFile =
            settings.logFile === undefined ? LOG_FILE_DEFAULT : Number.parseInt(settings.logFile, 16);
          const card = await PurseCard.open(slot, Buffer.from(settings.application, 'hex'), logFile);
          return work({ card, keys: { pinPad: reader.pinPad, signal }, settings, signal }, ready);
        },
      },
      cancelled,
    );
  }
}
