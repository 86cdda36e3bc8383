import type { Logger } from 'pino';
import { maskError } from '../../access/masking.ts';
import type { Clock } from '../../clock.ts';
import type { Store } from '../../store/port.ts';
import type { Timers } from '../timers.ts';
import { addCount } from './queries.ts';
import { dayOf, OUTAGE, READING } from './rules.ts';

/** What was counted is written down after this long, together. */
const WRITE_AFTER_MS = 5_000;

export interface TallyParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly gatewayId: string;
}

/**
 * Counts how readers work and fail, by the day. Nobody's reading waits for it: counts are kept in memory for a few
 * seconds and written together. A gateway that is killed loses those seconds' counts, and nothing else.
 */
export class ReaderTally {
  readonly #parts: TallyParts;
  /** By day, reader and what happened. */
  #counts = new Map<string, { day: number; reader: string; what: string; count: number }>();
  #cancel: (() => void) | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(parts: TallyParts) {
    this.#parts = parts;
  }

  /** A use of a reader that succeeded. */
  made(reader: string): void {
    this.#count(reader, READING);
  }

  /** One that failed, with the code of the fault. */
  failed(reader: string, code: string): void {
    this.#count(reader, code);
  }

  /** The reader was lost. */
  lost(reader: string): void {
    this.#count(reader, OUTAGE);
  }

  /** Writes down what was counted until now. What could not be written is tried again with the next. */
  write(): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#writing = this.#writing.then(() => this.#writeOnce());
    return this.#writing;
  }

  async #writeOnce(): Promise<void> {
    const { store, gatewayId, logger } = this.#parts;
    const counts = this.#counts;
    if (counts.size === 0) return;
    this.#counts = new Map();
    try {
      await store.write(async (unit) => {
        for (const row of counts.values()) await unit.run(addCount, { ...row, gateway: gatewayId });
      });
    } catch (error) {
      logger.warn({ err: maskError(error) }, 'counts of readers could not be written');
      for (const { reader, what, count, day } of counts.values()) this.#add(day, reader, what, count);
    }
  }

  #count(reader: string, what: string): void {
    this.#add(dayOf(this.#parts.clock.now()), reader, what, 1);
    this.#cancel ??= this.#parts.timers.start(WRITE_AFTER_MS, () => void this.write());
  }

  #add(day: number, reader: string, what: string, count: number): void {
    const key = `${day} ${reader} ${what}`;
    const known = this.#counts.get(key);
    if (known) known.count += count;
    else this.#counts.set(key, { day, reader, what, count });
  }
}
