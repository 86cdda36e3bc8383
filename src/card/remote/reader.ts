import type { ReaderState } from '../../../schemas/reader.ts';
import type { Clock } from '../../clock.ts';
import { Fault } from '../../errors.ts';
import type { Events } from '../../events/events.ts';
import type { ReaderWork } from '../keeper.ts';
import type { PooledReader } from '../pool.ts';
import type { ReaderStatus } from '../standing.ts';
import { type Timers, within } from '../timers.ts';
import { isErrorCode } from './faults.ts';
import { openReaderOf } from './proxies.ts';
import type { RemoteUse } from './use.ts';
import type { WireReader } from './wire.ts';

/** A desk says at once whether its reader is free; this bounds one whose line hangs. */
const CLAIM_MS = 10_000;

export interface RemoteReaderParts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly events: Events;
  /** Begins a use at the desk. Faults: `desk.absent`, `reader.busy`, `gateway.stopping`. */
  begin(): RemoteUse;
}

/** A reader of a desk, as the gateway knows it from what the desk tells. */
export class RemoteReader implements PooledReader {
  readonly #id: string;
  readonly #parts: RemoteReaderParts;
  #told: WireReader;
  #toldAt: number;
  /** What it is taken for while its desk is away. */
  #away: 'lost' | 'absent' | undefined;
  #announced: ReaderState = 'absent';
  #changedAt: number;

  constructor(id: string, told: WireReader, parts: RemoteReaderParts) {
    this.#id = id;
    this.#parts = parts;
    this.#told = told;
    this.#toldAt = parts.clock.now();
    this.#changedAt = this.#toldAt - told.sinceMs;
    this.#announce();
  }

  /** The desk tells how it is now. */
  tell(told: WireReader): void {
    this.#told = told;
    this.#toldAt = this.#parts.clock.now();
    this.#away = undefined;
    this.#changedAt = this.#toldAt - told.sinceMs;
    this.#announce();
  }

  /** The desk is away for a moment, or gone; undefined: it is back, and the reader as it last told. */
  deskAway(away: 'lost' | 'absent' | undefined): void {
    this.#away = away;
    this.#changedAt = this.#parts.clock.now();
    this.#announce();
  }

  status(): ReaderStatus {
    const { id: _, name, driver, reads, counters, lastReadingMs, lastError } = this.#told;
    return {
      id: this.#id,
      ...(name === undefined ? {} : { name }),
      driver,
      state: this.#state,
      since: this.#changedAt,
      reads,
      ...(lastReadingMs === undefined ? {} : { lastReadingAt: this.#toldAt - lastReadingMs }),
      ...(lastError !== undefined && isErrorCode(lastError) ? { lastError } : {}),
      counters,
    };
  }

  /**
   * Hands the reader to `work`, alone. Faults: what `work` throws; `desk.absent`, `reader.busy`, `reader.absent`;
   * `reader.lost` when the desk or its reader goes or `limitMs` passes; `gateway.stopping`.
   */
  async use<T>(work: ReaderWork<T>, limitMs: number, cancelled?: AbortSignal): Promise<T> {
    const { timers } = this.#parts;
    const use = this.#parts.begin();
    const ended = new AbortController();
    const signal = cancelled ? AbortSignal.any([ended.signal, cancelled]) : ended.signal;
    try {
      const claimed = use.claim(this.#told.id, limitMs);
      const offers = await within(timers, CLAIM_MS, claimed, () => new Fault('desk.absent'));
      const interrupted = use.ended.then((fault) => Promise.reject(fault));
      const working = (async () => work(openReaderOf(use, offers), signal))();
      const late = () => new Fault('reader.lost', { detail: 'the reader did not finish in time' });
      const value = await within(timers, limitMs, Promise.race([working, interrupted]), late);
      use.release();
      return value;
    } catch (error) {
      use.release(error);
      throw error;
    } finally {
      ended.abort();
    }
  }

  get #state(): ReaderState {
    const { state } = this.#told;
    return this.#away !== undefined && state !== 'absent' ? this.#away : state;
  }

  /** As of local readers: tries to open it are not told. */
  #announce(): void {
    const state = this.#state;
    if (state === 'opening' || state === this.#announced) return;
    this.#announced = state;
    this.#parts.events.publish('reader.state', this.#id, { state });
  }
}
