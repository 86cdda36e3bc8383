import type { ReaderState } from '../../schemas/reader.ts';
import type { DocumentKind } from '../../schemas/reading.ts';
import type { Clock } from '../clock.ts';
import type { ErrorCode } from '../errors.ts';
import type { Events } from '../events/events.ts';
import { type ReaderHappening, readerMachine } from './machine.ts';
import type { OpenReader } from './port.ts';
import { kindsOf } from './present.ts';

/** A reader as others may see it; times are epoch ms. */
export interface ReaderStatus {
  readonly id: string;
  readonly name?: string;
  readonly driver: string;
  readonly state: ReaderState;
  readonly since: number;
  readonly reads: readonly DocumentKind[];
  readonly lastReadingAt?: number;
  readonly lastError?: ErrorCode;
  readonly counters: { readonly readings: number; readonly failures: number; readonly reopenings: number };
}

/** Where a reader stands in `readerMachine`, since when, and what it has been through. */
export class ReaderStanding {
  readonly #named: Pick<ReaderStatus, 'id' | 'name' | 'driver'>;
  readonly #clock: Clock;
  readonly #events: Events;
  #state: ReaderState = 'absent';
  #since: number;
  #announced: ReaderState = 'absent';
  #reads: readonly DocumentKind[] = [];
  #lastReadingAt: number | undefined;
  #lastError: ErrorCode | undefined;
  #openings = 0;
  #readings = 0;
  #failures = 0;

  constructor(named: Pick<ReaderStatus, 'id' | 'name' | 'driver'>, clock: Clock, events: Events) {
    this.#named = named;
    this.#clock = clock;
    this.#events = events;
    this.#since = clock.now();
  }

  get state(): ReaderState {
    return this.#state;
  }

  /** Takes a step of the machine. What the machine does not allow is a bug of the caller and throws. */
  step(happening: ReaderHappening): void {
    const next = readerMachine[this.#state][happening];
    if (!next) throw new Error(`a reader that is ${this.#state} can't take ${happening}`);
    this.#state = next;
    this.#since = this.#clock.now();
    // An absent reader is tried every few seconds for ever: that is told once.
    if (next === 'opening' || next === this.#announced) return;
    this.#announced = next;
    this.#events.publish('reader.state', this.#named.id, { state: next });
  }

  opened(reader: OpenReader): void {
    this.#openings += 1;
    this.#reads = kindsOf(reader);
    this.step('opened');
  }

  readingMade(): void {
    this.#readings += 1;
    this.#lastReadingAt = this.#clock.now();
  }

  failed(code: ErrorCode): void {
    this.#failures += 1;
    this.#lastError = code;
  }

  status(): ReaderStatus {
    return {
      ...this.#named,
      state: this.#state,
      since: this.#since,
      reads: this.#reads,
      ...(this.#lastReadingAt === undefined ? {} : { lastReadingAt: this.#lastReadingAt }),
      ...(this.#lastError === undefined ? {} : { lastError: this.#lastError }),
      counters: {
        readings: this.#readings,
        failures: this.#failures,
        reopenings: Math.max(0, this.#openings - 1),
      },
    };
  }
}
