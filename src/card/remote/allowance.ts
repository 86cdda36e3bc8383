/** Messages that may come unasked, in a burst and in each second after it. */
const BURST_MAX = 500;
const PER_SECOND = 50;

/** How much one end may say: a little unasked, and as much more as it is asked for. */
export class Allowance {
  #left = BURST_MAX;
  #at = 0;

  /** One more came, at this epoch ms. Answers false where that was one too many. */
  spend(now: number): boolean {
    const earned = (Math.max(0, now - this.#at) * PER_SECOND) / 1_000;
    this.#left = Math.min(BURST_MAX, this.#left + earned) - 1;
    this.#at = now;
    return this.#left >= 0;
  }

  /** Something was asked, which may bring this many messages. */
  grant(count: number): void {
    this.#left = Math.min(BURST_MAX, this.#left + count);
  }
}
