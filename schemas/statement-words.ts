/**
 * How our ledger and an insurer's can differ, told of one settlement or one reversal.
 *
 * - `insurer-only`: it stands at the insurer, and not with us (单边:医保有、机构无).
 * - `ours-only`: it stands with us, and not at the insurer (单边:机构有、医保无).
 * - `amounts-differ`: it stands on both sides, with other amounts.
 * - `reversed-at-the-insurer-only`, `reversed-here-only`: a reversal that only one side has.
 */
export const DIFFERENCE_CLASSES = [
  'insurer-only',
  'ours-only',
  'amounts-differ',
  'reversed-at-the-insurer-only',
  'reversed-here-only',
] as const;

/** What mends a difference. */
export const MENDING_ACTS = [
  'resolve-doubt',
  'undo-at-insurer',
  'prove-absent',
  'reverse-at-insurer',
  'record-reversal',
  'person',
] as const;

export const DIFFERENCE_STATES = ['open', 'mending', 'mended', 'failed', 'needs-person'] as const;

/** incomplete: the insurer could not be asked for all of it; run it again. */
export const STATEMENT_STATES = ['running', 'balanced', 'differs', 'incomplete'] as const;

/** What may be done about a statement. */
export const STATEMENT_ACTIONS = ['run', 'cancel', 'close'] as const;

export type StatementAction = (typeof STATEMENT_ACTIONS)[number];
export type DifferenceClass = (typeof DIFFERENCE_CLASSES)[number];
export type MendingAct = (typeof MENDING_ACTS)[number];
export type DifferenceState = (typeof DIFFERENCE_STATES)[number];
export type StatementState = (typeof STATEMENT_STATES)[number];
