import type { PurseCardRequest } from '../../../schemas/purse.ts';
import type { PurseConfiguration } from '../../../schemas/reader-configuration.ts';
import { READING_TIMEOUT_MS_DEFAULT } from '../../../schemas/reading.ts';
import type { Clock } from '../../clock.ts';
import { Fault } from '../../errors.ts';
import type { ReaderPool } from '../pool.ts';
import type { OpenReader } from '../port.ts';
import { chipPresented } from '../present.ts';
import { systemTimers, type Timers } from '../timers.ts';
import { type Keys, PIN_LIMIT_MS, PurseCard } from './card.ts';

const LOG_FILE_DEFAULT = 0x18;

/** What the commands with card and module may take, and the holder's PIN, before the reader counts as lost. */
const SESSION_LIMIT_MS = 30_000 + PIN_LIMIT_MS;
const POWER_OFF_TIMEOUT_MS = 1_000;

export interface PurseReaderParts {
  readonly pool: ReaderPool;
  readonly clock: Clock;
  readonly timers?: Timers;
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
    { spot = 'either', timeoutMs = READING_TIMEOUT_MS_DEFAULT, lease }: PurseCardRequest,
    cancelled: AbortSignal | undefined,
    /** What is made ready before the card is waited for, so that nobody stands and waits for it. */
    prepare: (reader: OpenReader, settings: PurseConfiguration) => Promise<Ready>,
    work: (session: PurseSession, ready: Ready) => Promise<T>,
  ): Promise<T> {
    const { pool, clock, timers = systemTimers, purses } = this.#parts;
    return pool.use(
      readerId,
      async (reader, signal) => {
        const settings = purses.get(readerId);
        if (!settings) throw new Fault('reader.unsupported', { detail: 'no purse is configured for it' });
        const ready = await prepare(reader, settings);
        const { slot } = await chipPresented(reader, { spot, timeoutMs, clock, timers, signal });
        try {
          const logFile =
            settings.logFile === undefined ? LOG_FILE_DEFAULT : Number.parseInt(settings.logFile, 16);
          const card = await PurseCard.open(slot, Buffer.from(settings.application, 'hex'), logFile);
          return await work({ card, keys: { pinPad: reader.pinPad, signal }, settings, signal }, ready);
        } finally {
          // Forgets what was selected and typed; a card that is gone has forgotten it by itself.
          await slot.powerOff(POWER_OFF_TIMEOUT_MS).catch(() => {});
        }
      },
      { limitMs: timeoutMs + SESSION_LIMIT_MS, cancelled, lease },
    );
  }
}
