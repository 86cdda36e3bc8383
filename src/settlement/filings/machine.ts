import type { FilingState } from '../../../schemas/settlement-words.ts';

/**
 * The machine of filings, as a table: state × event → state, and who may cause it.
 *
 *     sending ──accepted──► filed ──withdraw──► withdrawing ──accepted──► withdrawn
 *        ├──refused──► refused  ▲                  ├──refused, not-sent──► filed
 *        ├──not-sent──► not-filed                  └──lost──► in-doubt of withdraw
 *        └──lost──► in-doubt of file
 *
 *     in-doubt of file ──found──► filed, ──absent──► not-filed
 *     in-doubt of withdraw ──found──► filed, ──absent──► withdrawn
 *     either ──undecided──► the same, ──undecidable──► needs-review, where a person decides
 *
 * A filing moves no money, but must not be doubled: what got no answer is looked for, and never sent again before.
 */
export const EVENTS = [
  'accepted',
  'refused',
  'not-sent',
  'lost',
  'found',
  'absent',
  'undecided',
  'undecidable',
  'withdraw',
  'review-filed',
  'review-not-filed',
  'review-withdrawn',
] as const;

export type FilingEvent = (typeof EVENTS)[number];

/** Which step lost its answer. */
export type FilingDoubt = 'file' | 'withdraw';

export interface Position {
  readonly state: FilingState;
  readonly doubtOf: FilingDoubt | null;
}

export interface Transition {
  readonly to: FilingState;
  readonly doubtOf?: FilingDoubt;
  readonly by: 'person' | 'gateway';
}

type Place = Exclude<FilingState, 'in-doubt'> | 'in-doubt of file' | 'in-doubt of withdraw';

const gateway = (to: FilingState, doubtOf?: FilingDoubt): Transition => ({
  to,
  by: 'gateway',
  ...(doubtOf && { doubtOf }),
});
const person = (to: FilingState): Transition => ({ to, by: 'person' });

export const machine: Readonly<Record<Place, Readonly<Partial<Record<FilingEvent, Transition>>>>> = {
  sending: {
    accepted: gateway('filed'),
    refused: gateway('refused'),
    'not-sent': gateway('not-filed'),
    lost: gateway('in-doubt', 'file'),
  },
  'in-doubt of file': {
    found: gateway('filed'),
    absent: gateway('not-filed'),
    undecided: gateway('in-doubt', 'file'),
    undecidable: gateway('needs-review', 'file'),
  },
  filed: { withdraw: person('withdrawing') },
  withdrawing: {
    accepted: gateway('withdrawn'),
    refused: gateway('filed'),
    'not-sent': gateway('filed'),
    lost: gateway('in-doubt', 'withdraw'),
  },
  'in-doubt of withdraw': {
    found: gateway('filed'),
    absent: gateway('withdrawn'),
    undecided: gateway('in-doubt', 'withdraw'),
    undecidable: gateway('needs-review', 'withdraw'),
  },
  'needs-review': {
    'review-filed': person('filed'),
    'review-not-filed': person('not-filed'),
    'review-withdrawn': person('withdrawn'),
  },
  refused: {},
  'not-filed': {},
  withdrawn: {},
};

/** Where an event leads from here; nothing where the machine does not take it. */
export function next({ state, doubtOf }: Position, event: FilingEvent): Transition | undefined {
  const place: Place =
    state !== 'in-doubt' ? state : doubtOf === 'withdraw' ? 'in-doubt of withdraw' : 'in-doubt of file';
  return machine[place][event];
}

/** What a person may ask for, by the last part of its route. */
export type Action = 'withdraw' | 'check' | 'review';

/** What a person may do now. */
export function actionsOf(state: FilingState): Action[] {
  if (state === 'filed') return ['withdraw'];
  if (state === 'needs-review') return ['review'];
  return isUnsettled(state) ? ['check'] : [];
}

/** Whether the gateway has something left to do about it. */
export function isUnsettled(state: FilingState): boolean {
  return state === 'sending' || state === 'withdrawing' || state === 'in-doubt';
}

/** Whether the insurer has it, or may have it: the same filing may not be made beside it. */
export function isLive(state: FilingState): boolean {
  return isUnsettled(state) || state === 'filed' || state === 'needs-review';
}
