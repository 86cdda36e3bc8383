import type { PurseKind, PurseState } from '../../../schemas/purse.ts';

/** What can happen to a transaction of a purse. */
export type PurseEvent =
  /** DEBIT or CREDIT is about to be sent: written down first. */
  | 'send'
  /** The card did it. */
  | 'done'
  /** The card, its PSAM or the issuer's host said no, before anything was changed. */
  | 'refused'
  /** It ended before DEBIT or CREDIT was sent. */
  | 'abandoned'
  /** DEBIT or CREDIT was sent, and what became of it is not known. */
  | 'lost'
  /** The card says that it debited, and the PSAM that it can't be true (MAC2). */
  | 'distrusted'
  /** What the card's own log and numbers say. */
  | 'found-executed'
  | 'found-not-executed'
  | 'undecidable'
  /** What a person found. */
  | 'review-executed'
  | 'review-not-executed';

type Words = Readonly<Record<'doing' | 'done' | 'undone', PurseState>>;

/** The states that a purchase and a load do not share. */
export const words: Readonly<Record<PurseKind, Words>> = {
  purchase: { doing: 'debiting', done: 'debited', undone: 'not-debited' },
  load: { doing: 'crediting', done: 'credited', undone: 'not-credited' },
};

type Table = Readonly<Partial<Record<PurseState, Readonly<Partial<Record<PurseEvent, PurseState>>>>>>;

/**
 * What becomes of a purchase; a load goes the same way with crediting, credited, not-credited.
 *
 *     prepared ──send──► debiting ──done──► debited
 *        │                  ├──lost──► torn ──found, or a person──► debited | not-debited
 *        │                  │            └──undecidable──┐
 *        │                  ├──distrusted──► needs-review ◄ ──a person──► debited | not-debited
 *        │                  └──refused──► refused
 *        ├──refused──► refused
 *        └──abandoned──► not-debited
 *
 * INITIALIZE changes nothing on a card, so there is no state for it: until `send` is on disk nothing can have been
 * debited. No state is ever entered twice.
 */
function tableOf({ doing, done, undone }: Words): Table {
  const reviewed = { 'review-executed': done, 'review-not-executed': undone };
  return {
    prepared: { send: doing, refused: 'refused', abandoned: undone },
    [doing]: { done, refused: 'refused', lost: 'torn', distrusted: 'needs-review' },
    torn: {
      'found-executed': done,
      'found-not-executed': undone,
      undecidable: 'needs-review',
      ...reviewed,
    },
    'needs-review': reviewed,
  };
}

export const purseMachine: Readonly<Record<PurseKind, Table>> = {
  purchase: tableOf(words.purchase),
  load: tableOf(words.load),
};

/** Where an event leads from here; nothing where the machine does not take it. */
export function nextState(kind: PurseKind, state: PurseState, event: PurseEvent): PurseState | undefined {
  return purseMachine[kind][state]?.[event];
}

/** Whether the same card must not be debited or credited again before this one has ended. */
export function isOpen(state: PurseState): boolean {
  return state === 'prepared' || state === 'debiting' || state === 'crediting' || state === 'torn';
}
