import type { DifferenceState } from '../../../schemas/statement-words.ts';

/**
 * A difference of a statement, as a table: state × event → state. It is set to `mending` on disk before anything is
 * done, by one caller; a second one finds it so.
 *
 *     open ──mend──► mending ──done──► mended
 *      ▲ │ not-sent ◄───┤  │ refused, lost, interrupted ──► failed ────mend──► mending
 *      └─┘              └──┴ undecided ──► needs-person ────────────mend──► mending
 *
 * What is mended stays so, whatever a later run of the statement finds.
 */
export type DifferenceEvent = 'mend' | 'done' | 'not-sent' | 'refused' | 'lost' | 'interrupted' | 'undecided';

export const differences: Readonly<
  Record<DifferenceState, Readonly<Partial<Record<DifferenceEvent, DifferenceState>>>>
> = {
  open: { mend: 'mending' },
  mending: {
    done: 'mended',
    'not-sent': 'open',
    // Undoing is by an id, or by a number: doing it once more can't undo anything else.
    refused: 'failed',
    lost: 'failed',
    interrupted: 'failed',
    undecided: 'needs-person',
  },
  failed: { mend: 'mending' },
  'needs-person': { mend: 'mending' },
  mended: {},
};

export function nextDifference(state: DifferenceState, event: DifferenceEvent): DifferenceState | undefined {
  return differences[state][event];
}

/** What a later run of the statement may replace: nobody is working at it, and nothing came of it. */
export function isReplaceable(state: DifferenceState): boolean {
  return state !== 'mending' && state !== 'mended';
}
