import type { ReaderState } from '../../schemas/reader.ts';

/** What can happen to a reader. */
export type ReaderHappening =
  | 'open'
  | 'opened'
  | 'open-failed'
  | 'reading-begun'
  | 'reading-ended'
  | 'line-lost';

/**
 * What becomes of a reader. Opening is tried at start and, after a pause that grows, for as long as it fails;
 * whatever stands in no row can't happen.
 *
 *     absent ──► opening ──► ready ⇄ busy
 *       ▲           │ ▲        │       │
 *       └───────────┘ └── lost ◄───────┘
 */
export const readerMachine: Readonly<Record<ReaderState, Partial<Record<ReaderHappening, ReaderState>>>> = {
  absent: { open: 'opening' },
  opening: { opened: 'ready', 'open-failed': 'absent' },
  ready: { 'reading-begun': 'busy', 'line-lost': 'lost' },
  busy: { 'reading-ended': 'ready', 'line-lost': 'lost' },
  lost: { open: 'opening' },
};

const BACKOFF_FIRST_MS = 250;
const BACKOFF_MAX_MS = 15_000;

/**
 * How long to wait before opening again.
 * @param failures how often it has failed in a row, from 0.
 * @param random in [0, 1): spreads readers that were lost together over the second half of the time.
 */
export function backoffMs(failures: number, random: number): number {
  const full = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** Math.min(failures, 20));
  return Math.round(full * (0.5 + random / 2));
}
