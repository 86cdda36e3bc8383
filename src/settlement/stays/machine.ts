import { STAY_ACTS, type StayAct, type StayEvent, type StayState } from '../../../schemas/stay-words.ts';

/**
 * The machine of a stay in a ward, as a table: state × event → state, and who may cause it.
 *
 *     draft ──admit──► admitted ──discharge──► discharged
 *       │               │ ▲  ▲                  │
 *       ▼               │ │  └──────resume──────┘
 *     failed        cancel └ change, charge, withdraw
 *                       ▼
 *                   cancelled
 *
 * Each act goes the same way: `working` while its exchange is under way, then to where it leads, or back to where it
 * began; without an answer `in-doubt`, which ends by what the insurer says when it is asked or told again, and
 * otherwise in `needs-review`.
 */
export type Resting = Exclude<StayState, 'working' | 'in-doubt' | 'needs-review'>;

interface Course {
  readonly from: Resting;
  readonly to: Resting;
  /** Where a refusal leads. */
  readonly refused: Resting;
}

export const COURSES: Readonly<Record<StayAct, Course>> = {
  // A refused admission is over: what is wrong with it is told anew.
  admit: { from: 'draft', to: 'admitted', refused: 'failed' },
  change: { from: 'admitted', to: 'admitted', refused: 'admitted' },
  charge: { from: 'admitted', to: 'admitted', refused: 'admitted' },
  withdraw: { from: 'admitted', to: 'admitted', refused: 'admitted' },
  discharge: { from: 'admitted', to: 'discharged', refused: 'admitted' },
  resume: { from: 'discharged', to: 'admitted', refused: 'discharged' },
  cancel: { from: 'admitted', to: 'cancelled', refused: 'admitted' },
};

/** Where a stay stands; `act` is what is under way, in doubt, or was when a person was called. */
export interface Position {
  readonly state: StayState;
  readonly act: StayAct | null;
}

export interface Transition {
  readonly to: StayState;
  readonly act: StayAct | null;
  /** person = somebody asked through the API; gateway = what the insurer answered, or what the gateway does itself. */
  readonly by: 'person' | 'gateway' | 'either';
}

type Events = Readonly<Partial<Record<StayEvent, Transition>>>;

const rest = (to: Resting, by: Transition['by'] = 'gateway'): Transition => ({ to, act: null, by });

function beginning(from: Resting): Events {
  const acts = STAY_ACTS.filter((act) => COURSES[act].from === from);
  return Object.fromEntries(acts.map((act) => [act, { to: 'working', act, by: 'person' } as const]));
}

const resting: Readonly<Record<Resting, Events>> = {
  draft: { ...beginning('draft'), abandon: rest('failed', 'person') },
  admitted: beginning('admitted'),
  discharged: beginning('discharged'),
  cancelled: {},
  failed: {},
};

function working(act: StayAct): Events {
  const { from, to, refused } = COURSES[act];
  return {
    // Charges go in batches: one is there, and the next begins.
    ...(act === 'charge' ? { batch: { to: 'working', act, by: 'gateway' } as const } : {}),
    accepted: rest(to),
    refused: rest(refused),
    'not-sent': rest(from),
    lost: { to: 'in-doubt', act, by: 'gateway' },
  };
}

function inDoubt(act: StayAct): Events {
  const { from, to } = COURSES[act];
  return {
    accepted: rest(to),
    // The insurer's word that the lost act did not take place, and will not.
    refused: rest(from),
    undone: rest(from),
    again: { to: 'working', act, by: 'gateway' },
    undecided: { to: 'in-doubt', act, by: 'gateway' },
    undecidable: { to: 'needs-review', act, by: 'gateway' },
  };
}

function inReview(act: StayAct): Events {
  const { from, to } = COURSES[act];
  return {
    // The insurer's number of an admission nobody has learnt: it is undone there, and made anew.
    ...(act === 'admit' ? {} : { 'review-done': rest(to, 'person') }),
    'review-not-done': rest(from, 'person'),
    // What is left of the charges goes on.
    ...(act === 'charge' ? { again: { to: 'working', act, by: 'person' } as const } : {}),
  };
}

const byAct = (events: (act: StayAct) => Events) =>
  Object.fromEntries(STAY_ACTS.map((act) => [act, events(act)])) as Record<StayAct, Events>;

const doing = {
  working: byAct(working),
  'in-doubt': byAct(inDoubt),
  'needs-review': byAct(inReview),
};

/** Every event that a stay takes where it stands. */
export function eventsOf({ state, act }: Position): Events {
  if (state !== 'working' && state !== 'in-doubt' && state !== 'needs-review') return resting[state];
  return act === null ? {} : doing[state][act];
}

/** Where an event leads from here; nothing where the machine does not take it. */
export function next(position: Position, event: StayEvent): Transition | undefined {
  return eventsOf(position)[event];
}

/** What a person may ask for now, by the last part of its route. */
export type StayAction = StayAct | 'abandon' | 'review';

export function actionsOf(position: Position): StayAction[] {
  const events = Object.entries(eventsOf(position)).filter(([, { by }]) => by !== 'gateway');
  const actions = events.map(([event]) =>
    event.startsWith('review-') || event === 'again' ? 'review' : (event as StayAction),
  );
  return [...new Set(actions)];
}

/** A stay that is over: its number may be admitted anew. */
export function isOver(state: StayState): boolean {
  return state === 'cancelled' || state === 'failed';
}
