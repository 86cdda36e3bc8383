/** A load at a rate: evenly spread, as many desks that know nothing of each other are. */
import { setTimeout as sleep } from 'node:timers/promises';

export interface Pace {
  readonly perSecond: number;
  readonly seconds: number;
  /** At most so many at once; what is due when as many are under way begins when one has ended. */
  readonly most: number;
}

/** What begins in the first seconds warms up the process that sends it, and is not counted. */
const WARM_UP_MS = 2_000;

export interface Paced {
  /** How long each took that was counted, the shortest first. */
  readonly tookMs: readonly number[];
  /** Of those, so many a second. */
  readonly perSecond: number;
  /** All that ended well, counted or not. */
  readonly done: number;
}

/** Does the work at that rate, after a warm-up at the same; what fails is told to `failed`. */
export async function paced(
  work: () => Promise<void>,
  { perSecond, seconds, most }: Pace,
  failed: (error: unknown) => void,
): Promise<Paced> {
  const startedAt = performance.now();
  const endsAt = startedAt + WARM_UP_MS + seconds * 1_000;
  const tookMs: number[] = [];
  let [begun, done] = [0, 0];
  const dueAt = () => startedAt + (begun * 1_000) / perSecond;
  const turn = async () => {
    while (dueAt() < endsAt) {
      const at = dueAt();
      begun += 1;
      const early = at - performance.now();
      if (early > 0) await sleep(early);
      const from = performance.now();
      try {
        await work();
        done += 1;
        if (from >= startedAt + WARM_UP_MS) tookMs.push(performance.now() - from);
      } catch (error) {
        failed(error);
      }
    }
  };
  await Promise.all(Array.from({ length: most }, turn));
  return { tookMs: tookMs.sort((a, b) => a - b), perSecond: tookMs.length / seconds, done };
}

/** The value below which this share of them lies. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
