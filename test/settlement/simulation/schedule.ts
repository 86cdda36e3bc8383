import type { Chance } from '../../end-to-end/random.ts';

interface Happening {
  readonly at: number;
  readonly work: () => void;
  readonly life: Life | undefined;
  cancelled: boolean;
}

/**
 * Virtual time: everything that is still to happen, in order. What is due at the same moment comes in an order that
 * the seed chooses. After each happening all that it woke runs to where it waits again, before the next one is taken,
 * so that a seed alone decides how concurrent flows interleave.
 */
export class Schedule {
  /** Epoch ms: the true time, whatever the clocks of the processes say. */
  now = Date.parse('2026-03-02T09:00:00+08:00');
  readonly #chance: Chance;
  /** Latest first, so that the next is popped. */
  readonly #coming: Happening[] = [];

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  /** Runs `work` once after `ms`; the answer cancels it. What belongs to a life ends with it. */
  after(ms: number, work: () => void, life?: Life): () => void {
    const happening: Happening = { at: this.now + ms, work, life, cancelled: false };
    this.#insert(happening);
    return () => {
      happening.cancelled = true;
    };
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(ms, resolve);
    });
  }

  /** Lets everything happen that is to happen until then, or until `stop` says so. */
  async runUntil(at: number, stop: () => boolean = () => false): Promise<void> {
    while (!stop()) {
      const next = this.#coming.at(-1);
      if (!next || next.at > at) break;
      this.#coming.pop();
      if (next.cancelled || next.life?.alive === false) continue;
      this.now = next.at;
      if (next.life && next.life.pausedUntil > this.now) {
        this.#insert({ ...next, at: next.life.pausedUntil });
        continue;
      }
      next.work();
      await new Promise(setImmediate);
    }
    if (!stop()) this.now = Math.max(this.now, at);
  }

  #insert(happening: Happening): void {
    let [low, high] = [0, this.#coming.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.#coming[middle]!.at;
      if (other > happening.at || (other === happening.at && this.#chance.next() < 0.5)) low = middle + 1;
      else high = middle;
    }
    this.#coming.splice(low, 0, happening);
  }
}

/** One life of a process: what it waits for never comes once it is dead, and comes late while it is paused. */
export class Life {
  alive = true;
  pausedUntil = 0;
  readonly #schedule: Schedule;
  readonly #mourners = new Set<() => void>();

  constructor(schedule: Schedule) {
    this.#schedule = schedule;
  }

  after(ms: number, work: () => void): () => void {
    return this.#schedule.after(ms, work, this);
  }

  /** Runs `work` when the process dies; the answer cancels it. */
  onDeath(work: () => void): () => void {
    this.#mourners.add(work);
    return () => this.#mourners.delete(work);
  }

  end(): void {
    this.alive = false;
    for (const mourner of this.#mourners) mourner();
    this.#mourners.clear();
  }
}
