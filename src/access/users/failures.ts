import { hash } from 'node:crypto';

/** Wrong passwords in a row before a name has to wait, and how long. */
export const FAILURES_MAX = 5;
export const LOCKED_MS = 5 * 60_000;

/** Names remembered; past this the longest ago is forgotten. */
const NAMES_MAX = 10_000;

/**
 * Names whose passwords were guessed wrong. Names that nobody has count as well, so that the answers tell nothing about
 * which exist. Kept by hash: people type their password where the name goes.
 */
export class Failures {
  readonly #of = new Map<string, { count: number; at: number }>();

  /** How long this name still has to wait, in milliseconds: 0 when it may try. */
  waitMs(name: string, now: number): number {
    const failed = this.#of.get(keyOf(name));
    if (!failed || failed.count < FAILURES_MAX) return 0;
    return Math.max(0, failed.at + LOCKED_MS - now);
  }

  add(name: string, now: number): void {
    const key = keyOf(name);
    const known = this.#of.get(key);
    const fresh = known !== undefined && now - known.at < LOCKED_MS;
    this.#of.delete(key);
    this.#of.set(key, { count: fresh ? known.count + 1 : 1, at: now });
    if (this.#of.size > NAMES_MAX) this.#of.delete(this.#of.keys().next().value!);
  }

  forget(name: string): void {
    this.#of.delete(keyOf(name));
  }
}

function keyOf(name: string): string {
  return hash('sha256', name, 'base64url');
}
