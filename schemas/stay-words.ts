/**
 * Where a stay in a ward stands.
 *
 * - `draft`: told, and not (or no longer) admitted at the insurer.
 * - `working`: an act is under way there.
 * - `in-doubt`: an act got no usable answer, or could not be carried to its end yet; the gateway goes on by itself.
 * - `needs-review`: it could not be found out what became of an act.
 */
export const STAY_STATES = [
  'draft',
  'working',
  'admitted',
  'discharged',
  'in-doubt',
  'needs-review',
  'cancelled',
  'failed',
] as const;

/** What is done to a stay at the insurer: 2401, 2403, 2301, 2302, 2402, 2405, 2404. */
export const STAY_ACTS = ['admit', 'change', 'charge', 'withdraw', 'discharge', 'resume', 'cancel'] as const;

/** What happens to a stay: an act begins, or it comes to something. */
export const STAY_EVENTS = [
  ...STAY_ACTS,
  'abandon',
  'batch',
  'accepted',
  'refused',
  'not-sent',
  'lost',
  'undone',
  'again',
  'undecided',
  'undecidable',
  'review-done',
  'review-not-done',
] as const;

/** What a person may find of an act of which the gateway could not find out. */
export const STAY_FINDINGS = ['done', 'not-done'] as const;

export type StayFinding = (typeof STAY_FINDINGS)[number];
export type StayState = (typeof STAY_STATES)[number];
export type StayAct = (typeof STAY_ACTS)[number];
export type StayEvent = (typeof STAY_EVENTS)[number];
