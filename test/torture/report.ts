import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What a torture found: its counts, and what must not be. */
export interface Tormented {
  readonly results: Readonly<Record<string, unknown>>;
  readonly failures: readonly string[];
}

export interface TortureOptions {
  readonly cycles?: number;
  readonly referrals?: number;
  readonly minutes?: number;
  readonly link?: string;
}

/** The same seed does the same again. */
export type Torture = (seed: number, options?: TortureOptions) => Promise<Tormented>;

/** Whole seconds from one lap to the next. */
export function stopwatch() {
  const laps: Record<string, number> = {};
  let since = Date.now();
  const lap = (name: string) => {
    laps[name] = Math.round((Date.now() - since) / 1_000);
    since = Date.now();
  };
  return { laps, lap };
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Collects garbage and answers the bytes that are left on the heap, buffers included. */
export async function collectGarbage(): Promise<number> {
  // What a collection finds dead outside the heap is let go of in later turns of the loop.
  for (let time = 0; time < 3; time++) {
    collect();
    await turn();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
