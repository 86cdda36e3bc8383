import type { HistoryEntry, Referral } from '../../../../schemas/referral.ts';

type Link = Pick<Referral['links'][number], 'id' | 'role' | 'peer'>;

/** One referral of a case, with all that happened to it. */
export interface Leg extends Link {
  readonly entries: readonly HistoryEntry[];
}

export interface Moment {
  /** Which referral of the case. */
  readonly leg: Link;
  readonly entry: HistoryEntry;
  /** Whether this side did it. */
  readonly own: boolean;
}

/** What the gateway does by itself and nobody asks about. */
const SILENT: ReadonlySet<string> = new Set(['store']);

/** A case over all its referrals, from village to city and back, in the order in which things happened. */
export function timelineOf(legs: readonly Leg[]): Moment[] {
  return legs
    .flatMap(({ entries, ...leg }) =>
      entries
        .filter(({ type }) => !SILENT.has(type))
        .map((entry) => ({ leg, entry, own: entry.who === leg.role })),
    )
    .sort(
      (one, other) =>
        Date.parse(one.entry.at) - Date.parse(other.entry.at) ||
        Date.parse(one.entry.recordedAt) - Date.parse(other.entry.recordedAt),
    );
}
