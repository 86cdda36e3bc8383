import type { RecentExchange } from './queries.ts';

/** How the last exchanges went. */
export interface Pulse {
  readonly exchanges: number;
  readonly accepted: number;
  readonly refused: number;
  /** Not sent, or not run at the insurer: nothing happened. */
  readonly failed: number;
  /** Nobody knows what became of it. */
  readonly unknown: number;
  /** Of those that were answered: half of them were faster, and 95 of a hundred. */
  readonly medianMs?: number;
  readonly p95Ms?: number;
  /** Epoch ms. */
  readonly lastAnswerAt?: number;
  readonly lastTrouble?: RecentExchange;
}

/** An answer that took the insurer out of service, or none: what an operator looks at. A refusal is business. */
const TROUBLE: ReadonlySet<RecentExchange['outcome']> = new Set(['not-run', 'not-sent', 'unknown']);

/** Sums up exchanges, newest first. What is under way counts as an exchange, and as nothing else. */
export function pulseOf(rows: readonly RecentExchange[]): Pulse {
  const count = (...outcomes: readonly RecentExchange['outcome'][]) =>
    rows.filter(({ outcome }) => outcomes.includes(outcome)).length;
  const times = rows
    .flatMap(({ duration_ms }) => (duration_ms === null ? [] : [duration_ms]))
    .sort((a, b) => a - b);
  const lastAnswerAt = rows.find(({ answered_at }) => answered_at !== null)?.answered_at ?? undefined;
  const lastTrouble = rows.find(({ outcome }) => TROUBLE.has(outcome));
  return {
    exchanges: rows.length,
    accepted: count('accepted'),
    refused: count('refused'),
    failed: count('not-run', 'not-sent'),
    unknown: count('unknown'),
    ...(times.length === 0 ? {} : { medianMs: quantile(times, 0.5), p95Ms: quantile(times, 0.95) }),
    ...(lastAnswerAt === undefined ? {} : { lastAnswerAt }),
    ...(lastTrouble ? { lastTrouble } : {}),
  };
}

/** The nearest rank of sorted figures, of which there is one at least. */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
}
