import { backoffMs } from './backoff.ts';

/** A link is down after this many failures in a row: one may be a hiccup. */
const FAILURES_TO_BE_DOWN = 3;

/** What a result changes: nothing, or the one alert of an incident's start or end. */
export type Alert = 'down' | 'up' | undefined;

/**
 * How one link is doing, as this gateway sees it. A link that is down is tried with one message at a time, ever more
 * seldom; all that waits for it goes the moment one gets through.
 *
 *     up ──3 failures in a row──► down (alert) ──any answer of the other side──► up (alert)
 */
export class LinkHealth {
  #failures = 0;
  #quietUntil = 0;
  #heard = false;

  get down(): boolean {
    return this.#failures >= FAILURES_TO_BE_DOWN;
  }

  /** How many messages may be under way to it at once. */
  room(underWay: number, parallelMax: number, now: number): number {
    if (!this.down) return Math.max(0, parallelMax - underWay);
    return underWay > 0 || now < this.#quietUntil ? 0 : 1;
  }

  /** Whether an answer is news: it was down, or it has not been heard of since our start. */
  get answerIsNews(): boolean {
    return this.down || !this.#heard;
  }

  /** The other side answered, whatever it said. */
  answered(): Alert {
    const wasDown = this.down;
    this.#heard = true;
    this.#failures = 0;
    return wasDown ? 'up' : undefined;
  }

  failed(now: number, random: number): Alert {
    // What was under way together fails together: that is one failure of a link that is down, not many.
    if (this.down && now < this.#quietUntil) return undefined;
    this.#failures += 1;
    this.#quietUntil = now + backoffMs(Math.max(1, this.#failures - FAILURES_TO_BE_DOWN + 1), random);
    return this.#failures === FAILURES_TO_BE_DOWN ? 'down' : undefined;
  }
}
