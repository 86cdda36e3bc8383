import type { Timers } from '../../src/card/timers.ts';
import type { TestClock } from '../helper.ts';

/** Timers that fire when the test moves its clock. */
export class TestTimers implements Timers {
  readonly #clock: TestClock;
  readonly #waiting = new Map<symbol, { at: number; work: () => void }>();

  constructor(clock: TestClock) {
    this.#clock = clock;
  }

  start(ms: number, work: () => void): () => void {
    const key = Symbol();
    this.#waiting.set(key, { at: this.#clock.now() + ms, work });
    return () => {
      this.#waiting.delete(key);
    };
  }

  get count(): number {
    return this.#waiting.size;
  }

  /** How long until the next of them fires. */
  get nextInMs(): number {
    const due = [...this.#waiting.values()].map(({ at }) => at - this.#clock.now());
    return Math.min(...due);
  }

  /** Moves the clock, timer by timer, letting what each sets off run its course. */
  async advance(ms: number): Promise<void> {
    const end = this.#clock.now() + ms;
    for (;;) {
      await settle();
      const next = [...this.#waiting].sort(([, a], [, b]) => a.at - b.at)[0];
      if (!next || next[1].at > end) break;
      this.#waiting.delete(next[0]);
      this.#clock.advance(Math.max(0, next[1].at - this.#clock.now()));
      next[1].work();
    }
    this.#clock.advance(end - this.#clock.now());
    await settle();
  }
}

/** Lets all promises that can go on do so. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}
