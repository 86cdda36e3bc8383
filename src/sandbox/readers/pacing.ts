import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';

export interface Pacing {
  /** A byte takes ten bit times: start, eight data bits, stop. */
  readonly baudRate: number;
  /**
   * Waits the last two milliseconds of each deadline in a busy loop. Only for a thread that has nothing else to do:
   * timers alone are up to a millisecond late, which is eleven bytes at 115200 baud.
   */
  readonly precise?: boolean;
  /**
   * When the host wrote what came last, on the clock of `performance.now()` here; where it can't tell, when it came. A
   * thread takes a while to wake up, a line of copper does not.
   */
  readonly writtenAtMs?: () => number;
}

const BITS_PER_BYTE = 10;
const SPIN_MS = 2;

/** The time a serial line takes, one direction at a time, as request and answer do. */
export class PacedLine {
  readonly #byteMs: number;
  readonly #precise: boolean;
  readonly #writtenAtMs: () => number;
  #freeAtMs = 0;

  constructor({ baudRate, precise = false, writtenAtMs = () => performance.now() }: Pacing) {
    this.#byteMs = (1000 * BITS_PER_BYTE) / baudRate;
    this.#precise = precise;
    this.#writtenAtMs = writtenAtMs;
  }

  /** What the host sent begins when it was written, or where what passes already ends. */
  receive(): void {
    this.#freeAtMs = Math.max(this.#freeAtMs, this.#writtenAtMs());
  }

  /** What passes next begins now, or where what passes already ends. */
  begin(): void {
    this.#freeAtMs = Math.max(this.#freeAtMs, performance.now());
  }

  /**
   * Resolves when so many more bytes have passed. A wake-up that came late does not delay what follows it: a line of
   * copper has no scheduler.
   */
  async pass(bytes: number): Promise<void> {
    this.#freeAtMs += bytes * this.#byteMs;
    const restMs = this.#freeAtMs - performance.now();
    const timerMs = this.#precise ? restMs - SPIN_MS : restMs;
    if (timerMs >= 1) await delay(timerMs);
    if (!this.#precise) return;
    while (performance.now() < this.#freeAtMs);
  }
}
