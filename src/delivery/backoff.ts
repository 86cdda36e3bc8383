/** The first wait after a failure, and the longest. */
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 600_000;

/**
 * How long to wait after the `attempt`th failure (from 1): doubling from a second to ten minutes, shortened at random
 * by up to a half so that what failed together does not come back together; never less than the other side asked for.
 *
 * @param random a number from 0 to 1
 */
export function backoffMs(attempt: number, random: number, retryAfterMs = 0): number {
  const whole = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(attempt - 1, 20));
  return Math.max(Math.round(whole * (1 - random / 2)), retryAfterMs);
}
