import type { Logger } from 'pino';
import { maskError } from '../access/masking.ts';
import type { Clock } from '../clock.ts';
import { type ErrorCode, Fault } from '../errors.ts';
import type { Events } from '../events/events.ts';
import { backoffMs } from './machine.ts';
import type { OpenReader, ReaderDriver } from './port.ts';
import { ReaderStanding, type ReaderStatus } from './standing.ts';
import { type Timers, within } from './timers.ts';

/** Drivers have time-outs of their own; these bound what a broken one can do. */
const OPEN_TIMEOUT_MS = 10_000;
const CLOSE_TIMEOUT_MS = 2_000;

/** A look between two uses is over long before this. */
const GLANCE_LIMIT_MS = 5_000;

/** A line that garbles this many readings in a row is opened anew. */
const GARBLED_MAX = 3;

/** A reader that lived this long has recovered: its next loss starts with the shortest pause again. */
const RECOVERED_MS = 15_000;

/** A reader as the configuration names it. */
export interface ConfiguredReader {
  readonly id: string;
  readonly name?: string;
  readonly driver: ReaderDriver;
  /** Whether a resident ID card must be lifted before the next is read; it must unless this says false. */
  readonly mustLift?: boolean;
  /** Whether cards are looked for between readings, so that events tell of their coming and going. */
  readonly watch?: boolean;
}

export interface KeeperParts {
  readonly clock: Clock;
  readonly timers: Timers;
  /** In [0, 1). */
  readonly random: () => number;
  readonly events: Events;
  readonly logger: Logger;
}

/** What is done with an open reader. The signal aborts when it must end: lost, too slow, cancelled or closing. */
export type ReaderWork<T> = (reader: OpenReader, signal: AbortSignal) => Promise<T>;

/**
 * Keeps one reader open: runs the machine of `readerMachine`, hands the reader to one user at a time, and opens it
 * again for as long as the gateway runs. Nothing a driver does, throws or forgets gets past it.
 */
export class ReaderKeeper {
  readonly #id: string;
  readonly #driver: ReaderDriver;
  readonly #parts: KeeperParts;
  readonly #standing: ReaderStanding;
  readonly #onOpened: () => void;
  #current: OpenReader | undefined;
  #openedAt = 0;
  #failuresInARow = 0;
  #garbledInARow = 0;
  #closing = false;
  #cancelRetry = () => {};
  #abortOpening = () => {};
  #interrupt: ((fault: Fault) => void) | undefined;
  #glance: Promise<unknown> | undefined;
  readonly #tasks = new Set<Promise<void>>();

  /** `onOpened` is told whenever the reader was opened, also anew. */
  constructor(reader: ConfiguredReader, parts: KeeperParts, onOpened: () => void = () => {}) {
    const { id, name, driver } = reader;
    this.#id = id;
    this.#driver = driver;
    this.#parts = parts;
    this.#onOpened = onOpened;
    const named = { id, ...(name === undefined ? {} : { name }), driver: driver.description };
    this.#standing = new ReaderStanding(named, parts.clock, parts.events);
  }

  start(): void {
    this.#run(this.#open());
  }

  status(): ReaderStatus {
    return this.#standing.status();
  }

  /** Whether the reader is reached through its vendor's library; false while it is not open. */
  get hasLibrary(): boolean {
    return this.#current?.library !== undefined;
  }

  /**
   * Hands the reader to `work`, alone. Faults: what `work` throws; `reader.busy`, `reader.absent`; `reader.lost` when
   * the line goes or `limitMs` passes, after which the reader is opened anew; `gateway.stopping`.
   */
  async use<T>(work: ReaderWork<T>, limitMs: number, cancelled?: AbortSignal): Promise<T> {
    // Not awaited otherwise: a claim is made the moment it is asked for.
    if (this.#glance) await this.#glance;
    const reader = this.#claim();
    const ended = new AbortController();
    const signal = cancelled ? AbortSignal.any([ended.signal, cancelled]) : ended.signal;
    const interrupted = new Promise<never>((_resolve, reject) => {
      this.#interrupt = reject;
    });
    const cancelLimit = this.#parts.timers.start(limitMs, () =>
      this.#interrupt?.(new Fault('reader.lost', { detail: 'the reader did not finish in time' })),
    );
    try {
      const value = await Promise.race([attempt(() => work(reader, signal)), interrupted]);
      this.#standing.readingMade();
      this.#garbledInARow = 0;
      this.#failuresInARow = 0;
      return value;
    } catch (error) {
      this.#failed(reader, error);
      throw error;
    } finally {
      cancelLimit();
      this.#interrupt = undefined;
      ended.abort();
      if (this.#current === reader) this.#standing.step('reading-ended');
    }
  }

  /**
   * Lets `work` look at the reader between two uses: it stays ready meanwhile, and a use that comes waits for the end
   * of the look. Nothing where the reader is not ready, or the look failed.
   */
  async glance<T>(work: (reader: OpenReader) => Promise<T>): Promise<T | undefined> {
    const reader = this.#current;
    if (this.#standing.state !== 'ready' || !reader || this.#glance || this.#closing) return undefined;
    const late = () => new Fault('reader.lost', { detail: 'the reader did not finish in time' });
    const look = within(
      this.#parts.timers,
      GLANCE_LIMIT_MS,
      attempt(() => work(reader)),
      late,
    );
    this.#glance = look.catch(() => {});
    try {
      return await look;
    } catch (error) {
      if (!codeOf(error).startsWith('card.')) this.#failed(reader, error);
      return undefined;
    } finally {
      this.#glance = undefined;
    }
  }

  /** Ends a reading under way, closes the line, and waits until nothing of this reader is left. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#cancelRetry();
    this.#abortOpening();
    this.#interrupt?.(new Fault('gateway.stopping'));
    if (this.#current) this.#lose(this.#current);
    // A task may leave another behind, as an opening that was given up does.
    while (this.#tasks.size > 0) await Promise.all(this.#tasks);
  }

  #claim(): OpenReader {
    if (this.#closing) throw new Fault('gateway.stopping');
    const { state } = this.#standing;
    if (state === 'busy') throw new Fault('reader.busy', { retryAfterS: 1 });
    const reader = this.#current;
    if (state !== 'ready' || !reader) throw new Fault('reader.absent', { facts: { state }, retryAfterS: 1 });
    this.#standing.step('reading-begun');
    return reader;
  }

  #failed(reader: OpenReader, error: unknown): void {
    const code = codeOf(error);
    // Nobody laid a card down, or the gateway stops: the reader has not failed.
    if (code === 'card.none' || code === 'gateway.stopping') return;
    this.#standing.failed(code);
    this.#garbledInARow = code === 'reader.protocol' ? this.#garbledInARow + 1 : 0;
    if (code === 'reader.lost' || this.#garbledInARow >= GARBLED_MAX) this.#lose(reader);
  }

  async #open(): Promise<void> {
    this.#standing.step('open');
    const controller = new AbortController();
    const opening = attempt(() => this.#driver.open(controller.signal));
    const aborted = new Promise<never>((_resolve, reject) => {
      this.#abortOpening = () => {
        controller.abort();
        reject(new Fault('reader.absent'));
      };
    });
    try {
      const reader = await within(
        this.#parts.timers,
        OPEN_TIMEOUT_MS,
        Promise.race([opening, aborted]),
        () => new Fault('reader.absent', { detail: 'the reader did not open in time' }),
      );
      this.#opened(reader);
    } catch (error) {
      controller.abort();
      this.#letGoLate(opening);
      this.#openingFailed(error);
    }
  }

  #opened(reader: OpenReader): void {
    this.#standing.opened(reader);
    this.#onOpened();
    this.#current = reader;
    this.#openedAt = this.#parts.clock.now();
    this.#parts.logger.info({ reader: this.#id, reads: this.#standing.status().reads }, 'reader ready');
    reader.lost.then(
      () => this.#lineGone(reader),
      () => this.#lineGone(reader),
    );
    if (this.#closing) this.#lose(reader);
  }

  #openingFailed(error: unknown): void {
    this.#standing.step('open-failed');
    if (this.#closing) return;
    const code = codeOf(error);
    // The log names a reader when it goes and when it comes, not at each try between.
    if (this.#failuresInARow === 0) {
      const detail = error instanceof Fault ? error.context.detail : undefined;
      this.#parts.logger.warn({ reader: this.#id, code, detail }, 'reader absent');
    }
    if (code === 'gateway.fault') this.#tellBug(error);
    this.#standing.failed(code);
    this.#retryLater();
  }

  /** An opening that succeeds after it was given up must not keep the line. */
  #letGoLate(opening: Promise<OpenReader>): void {
    const late = opening.then((reader) => this.#letGo(reader)).catch(() => {});
    const waited = within(this.#parts.timers, CLOSE_TIMEOUT_MS, late, () => new Fault('reader.absent'));
    this.#run(waited.catch(() => {}));
  }

  #lineGone(reader: OpenReader): void {
    if (this.#current !== reader) return;
    if (this.#interrupt) this.#interrupt(new Fault('reader.lost'));
    else this.#standing.failed('reader.lost');
    this.#lose(reader);
  }

  #lose(reader: OpenReader): void {
    if (this.#current !== reader) return;
    this.#current = undefined;
    this.#garbledInARow = 0;
    this.#standing.step('line-lost');
    this.#run(this.#letGo(reader));
    if (this.#closing) return;
    this.#parts.logger.warn({ reader: this.#id, code: 'reader.lost' }, 'reader lost');
    if (this.#parts.clock.now() - this.#openedAt >= RECOVERED_MS) this.#failuresInARow = 0;
    this.#retryLater();
  }

  #retryLater(): void {
    const wait = backoffMs(this.#failuresInARow, this.#parts.random());
    this.#failuresInARow += 1;
    this.#cancelRetry = this.#parts.timers.start(wait, () => this.#run(this.#open()));
  }

  async #letGo(reader: OpenReader): Promise<void> {
    const closing = attempt(() => reader.close());
    const late = () => new Error('the reader does not close');
    await within(this.#parts.timers, CLOSE_TIMEOUT_MS, closing, late).catch((error: unknown) =>
      this.#tellBug(error),
    );
  }

  /** Remembers a task until it ends, for `close` to wait for; what it throws is a bug and is logged. */
  #run(task: Promise<void>): void {
    const kept: Promise<void> = task
      .catch((error: unknown) => this.#tellBug(error))
      .finally(() => this.#tasks.delete(kept));
    this.#tasks.add(kept);
  }

  #tellBug(error: unknown): void {
    this.#parts.logger.error({ reader: this.#id, err: maskError(error) }, 'reader failed unexpectedly');
  }
}

/** Runs `work` so that what it throws at once is a rejection like any other. */
async function attempt<T>(work: () => Promise<T>): Promise<T> {
  return work();
}

function codeOf(error: unknown): ErrorCode {
  return error instanceof Fault ? error.code : 'gateway.fault';
}
