/** What one request of a replay of many did. */
export interface ReplayStep {
  readonly matched: number;
  readonly replayed: number;
  readonly remaining: number;
}

/** Sent again by one request: few enough that somebody who cancels does not wait. */
export const STEP = 100;

/**
 * Sends many again, step by step, until nothing is left or somebody cancels. Answers how many went; what went, stays
 * sent. A step that fails is thrown: the next run goes on behind what went.
 */
export async function replayInSteps(parts: {
  ask(max: number): Promise<ReplayStep>;
  onProgress(replayed: number): void;
  readonly signal: AbortSignal;
}): Promise<number> {
  let sum = 0;
  while (!parts.signal.aborted) {
    const { replayed, remaining } = await parts.ask(STEP);
    sum += replayed;
    parts.onProgress(sum);
    // What others replay meanwhile counts as left until they have done it; without a step of our own there is none.
    if (remaining === 0 || replayed === 0) break;
  }
  return sum;
}
