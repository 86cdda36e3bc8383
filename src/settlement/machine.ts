/**
 * The settlement machine, as a table: state × event → state, who may cause it, and what is sent to the insurer.
 * Routes, worker, tests and pages read this table; nothing else decides where a settlement may go.
 *
 *     draft ──► quoted ──► settling ──► settled ──► reversing ──► reversed
 *       │         ▲  │      │  │ lost      ▲         │   │ lost
 *       ▼         │  ▼      │  ▼           │         │   ▼
 *     failed ◄────┼─────────┼─ in-doubt of settle    │  in-doubt of reverse
 *        ▲        └─ undone ┘  └──────► needs-review ◄───┘
 *        └────── unwound ◄── reversing ◄── a payer failed after others had settled
 *
 * A bill is put to its payers one after the other, so `settling` and `reversing` come back to themselves until the
 * last of them is done; which payer it is about, `legs.ts` keeps. It is all or nothing: where a payer fails after
 * others have settled, those are reversed, and the settlement ends as `failed`.
 *
 * A doubt ends in one of two ways only: the insurer's word proves what became of the lost exchange, or a person
 * decides.
 */
export const STATES = [
  'draft',
  'quoted',
  'settling',
  'settled',
  'reversing',
  'reversed',
  'in-doubt',
  'failed',
  'needs-review',
] as const;

export type State = (typeof STATES)[number];

/** Which step lost its answer. */
export type DoubtOf = 'settle' | 'reverse';

/** Where a settlement stands. `doubtOf` says what is, or was when a person was called, in doubt. */
export interface Position {
  readonly state: State;
  readonly doubtOf: DoubtOf | null;
}

export const EVENTS = [
  'quote',
  'quote-accepted',
  'quote-refused',
  'quote-interrupted',
  'abandon',
  'confirm',
  'accepted',
  'next-payer',
  'accepted-with-faults',
  'accepted-differently',
  'refused',
  'not-sent',
  'payer-failed',
  'lost',
  'undone',
  'again',
  'undecided',
  'undecidable',
  'reverse',
  'unwound',
  'later',
  'undo-refused',
  'disputed',
  'review-settled',
  'review-not-settled',
  'review-reversed',
  'review-next-payer',
  'review-undo-rest',
] as const;

export type SettlementEvent = (typeof EVENTS)[number];

/** What a flow does at the insurer. Only `settle` and `reverse` move money; `undo` takes a lost one back. */
export type Flow = 'quote' | 'settle' | 'reverse' | 'undo';

export interface Transition {
  readonly to: State;
  readonly doubtOf?: DoubtOf;
  /** person = somebody asked through the API; gateway = what the insurer answered, or what the gateway does itself. */
  readonly by: 'person' | 'gateway' | 'either';
  /** The flow that runs once the transition is on disk. */
  readonly sends?: Flow;
}

type Place = Exclude<State, 'in-doubt'> | 'in-doubt of settle' | 'in-doubt of reverse';

const gateway = (to: State): Transition => ({ to, by: 'gateway' });
const person = (to: State, sends?: Flow): Transition => ({ to, by: 'person', ...(sends && { sends }) });

export const machine: Readonly<Record<Place, Readonly<Partial<Record<SettlementEvent, Transition>>>>> = {
  draft: {
    quote: person('draft', 'quote'),
    'quote-accepted': gateway('quoted'),
    'quote-refused': gateway('failed'),
    // No answer to a question moves no money: it can be asked again.
    'quote-interrupted': gateway('draft'),
    abandon: person('failed'),
  },
  quoted: {
    // After a doubt was undone the gateway confirms again by itself, for a person who is still waiting.
    confirm: { to: 'settling', by: 'either', sends: 'settle' },
    quote: person('draft', 'quote'),
    abandon: person('failed'),
  },
  settling: {
    accepted: gateway('settled'),
    'next-payer': { to: 'settling', by: 'gateway', sends: 'settle' },
    'accepted-with-faults': gateway('needs-review'),
    'accepted-differently': gateway('needs-review'),
    // Of the first payer. After others have settled it is `payer-failed`.
    refused: gateway('failed'),
    'not-sent': gateway('quoted'),
    'payer-failed': { to: 'reversing', by: 'gateway', sends: 'reverse' },
    // A gateway died between two payers, and the patient is still waiting.
    again: { to: 'settling', by: 'gateway', sends: 'settle' },
    lost: { to: 'in-doubt', doubtOf: 'settle', by: 'gateway', sends: 'undo' },
  },
  'in-doubt of settle': {
    accepted: gateway('settled'),
    'next-payer': { to: 'settling', by: 'gateway', sends: 'settle' },
    'accepted-with-faults': gateway('needs-review'),
    'accepted-differently': gateway('needs-review'),
    undone: gateway('quoted'),
    again: { to: 'settling', by: 'gateway', sends: 'settle' },
    'payer-failed': { to: 'reversing', by: 'gateway', sends: 'reverse' },
    undecided: { to: 'in-doubt', doubtOf: 'settle', by: 'gateway', sends: 'undo' },
    undecidable: { to: 'needs-review', doubtOf: 'settle', by: 'gateway' },
  },
  settled: {
    reverse: { to: 'reversing', by: 'either', sends: 'reverse' },
    // The insurer's statement says otherwise.
    disputed: gateway('needs-review'),
  },
  reversing: {
    accepted: gateway('reversed'),
    'next-payer': { to: 'reversing', by: 'gateway', sends: 'reverse' },
    unwound: gateway('failed'),
    'accepted-with-faults': { to: 'needs-review', doubtOf: 'reverse', by: 'gateway' },
    // Of the first that is reversed. After others have been, it is `undo-refused` and `later`.
    refused: gateway('settled'),
    'not-sent': gateway('settled'),
    'undo-refused': { to: 'needs-review', doubtOf: 'reverse', by: 'gateway' },
    later: gateway('reversing'),
    again: { to: 'reversing', by: 'gateway', sends: 'reverse' },
    lost: { to: 'in-doubt', doubtOf: 'reverse', by: 'gateway', sends: 'undo' },
  },
  'in-doubt of reverse': {
    accepted: gateway('reversed'),
    'next-payer': { to: 'reversing', by: 'gateway', sends: 'reverse' },
    unwound: gateway('failed'),
    'accepted-with-faults': { to: 'needs-review', doubtOf: 'reverse', by: 'gateway' },
    undone: gateway('settled'),
    again: { to: 'reversing', by: 'gateway', sends: 'reverse' },
    undecided: { to: 'in-doubt', doubtOf: 'reverse', by: 'gateway', sends: 'undo' },
    undecidable: { to: 'needs-review', doubtOf: 'reverse', by: 'gateway' },
  },
  'needs-review': {
    'review-settled': person('settled'),
    'review-not-settled': person('failed'),
    'review-reversed': person('reversed'),
    // What a person found of one payer, where there are others.
    'review-next-payer': person('settling', 'settle'),
    'review-undo-rest': person('reversing', 'reverse'),
  },
  reversed: {},
  failed: {},
};

function placeOf(position: Position): Place {
  if (position.state !== 'in-doubt') return position.state;
  return position.doubtOf === 'reverse' ? 'in-doubt of reverse' : 'in-doubt of settle';
}

/** Where an event leads from here; nothing where the machine does not take it. */
export function next(position: Position, event: SettlementEvent): Transition | undefined {
  return machine[placeOf(position)][event];
}

/** What a person may ask for, by the last part of its route. */
export type Action = 'quote' | 'confirm' | 'reverse' | 'abandon' | 'review';

/** What a person may do now. While a flow runs nobody may do anything. */
export function actionsOf(position: Position, running: boolean): Action[] {
  if (running) return [];
  const events = Object.entries(machine[placeOf(position)])
    .filter(([, transition]) => transition.by !== 'gateway')
    .map(([event]) => (event.startsWith('review-') ? 'review' : (event as Action)));
  return [...new Set(events)];
}

/** A settlement that is over: its bill may be settled anew. */
export function isOver(state: State): boolean {
  return state === 'failed' || state === 'reversed';
}
