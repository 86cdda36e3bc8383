import { useRef } from 'react';
import type { DeliveryLine } from './delivery-search.ts';

const FIELDS = ['organisation', 'type', 'reason'] as const;

/** What stood in a list, for a form to propose: a few values of each field. */
export type Seen = Readonly<Record<(typeof FIELDS)[number], readonly string[]>>;

const SEEN_MAX = 50;

/**
 * What was seen in a list that grows: only what was added is looked at, and the answer is another one only where
 * something is new, so that a hundred thousand rows cost no more than their last page.
 */
export function useSeen(rows: readonly DeliveryLine[]): Seen {
  const known = useRef<{ seen: Seen; looked: number }>({
    seen: { organisation: [], type: [], reason: [] },
    looked: 0,
  });
  const { seen, looked } = known.current;
  const from = rows.length < looked ? 0 : looked;
  known.current = { seen: withRows(seen, rows, from), looked: rows.length };
  return known.current.seen;
}

/** What was seen, and what the rows from this one on add to it; the same object where they add nothing. */
export function withRows(seen: Seen, rows: readonly DeliveryLine[], from: number): Seen {
  let next = seen;
  for (let index = from; index < rows.length; index += 1) {
    for (const field of FIELDS) {
      const value = rows[index]?.[field];
      const values = next[field];
      if (value === undefined || values.length >= SEEN_MAX || values.includes(value)) continue;
      next = { ...next, [field]: [...values, value] };
    }
  }
  return next;
}
