import { ok, type Result } from '../result.ts';
import {
  DRAFT,
  type EventType,
  isTerminal,
  type MachineEvent,
  next,
  type Party,
  type State,
  type Transition,
} from './machine.ts';

/**
 * How two ends come to hold the same state, whatever crosses on the way.
 *
 * The recipient is the serializer: the order in which it processes the events of both sides is the order that counts.
 * Each side numbers its events of a case from 1; the recipient adds to each of its own how many of the initiator's it
 * had processed by then (`seen`). So the initiator can rebuild the recipient's order: it keeps the state that the
 * recipient has confirmed, and shows that state with its own unconfirmed events played on top. An event for which the
 * table has no row when its turn comes is ignored, at both ends alike.
 *
 *     recipient:  confirmed = fold(events in the order processed)
 *     initiator:  confirmed = the same fold up to the recipient's last event;  shown = confirmed + pending
 *
 * Messages are taken strictly in the order of their numbers; those that arrive too early wait outside.
 */
export interface End {
  readonly who: Party;
  /** The state all events confirmed by the recipient lead to. */
  readonly confirmed: State;
  /** The number of this side's last event. */
  readonly ownSeq: number;
  /** The number of the other side's last event that was taken. */
  readonly peerSeq: number;
  /** How many of the initiator's events `confirmed` contains. */
  readonly seen: number;
  /** Initiator: whether the other side is known to have the referral. */
  readonly received: boolean;
  /** Initiator: its own events after `seen`, oldest first. */
  readonly pending: readonly Numbered[];
}

export interface Numbered extends MachineEvent {
  readonly seq: number;
}

/** One event and what became of it. */
export interface Move {
  readonly who: Party;
  readonly seq: number;
  readonly type: EventType;
  readonly from: State;
  readonly to: State;
  /** The row of the table; absent where the event was ignored. */
  readonly transition?: Transition;
}

/** The initiator's end the moment its referral is stored: its first event, send, is the recipient's first too. */
export function initiatorEnd(green = false): End {
  const { confirmed } = opened(green);
  return { who: 'initiator', confirmed, ownSeq: 1, peerSeq: 0, seen: 1, received: false, pending: [] };
}

/** The initiator's end of a referral that is not sent yet: there is no other end. */
export function draftEnd(): End {
  return { who: 'initiator', confirmed: DRAFT, ownSeq: 0, peerSeq: 0, seen: 0, received: false, pending: [] };
}

/** The recipient's end the moment it has the referral. */
export function recipientEnd(green = false): End {
  const { confirmed } = opened(green);
  return { who: 'recipient', confirmed, ownSeq: 0, peerSeq: 1, seen: 1, received: true, pending: [] };
}

function opened(green: boolean): { confirmed: State } {
  const event: Numbered = { seq: 1, type: 'send', detail: green ? 'green' : undefined };
  return { confirmed: play(DRAFT, event, 'initiator').to };
}

/** The state to show, and to judge this side's next act by. */
export function shownOf(end: End): State {
  if (end.who === 'recipient') return end.confirmed;
  // A referral of the green channel is under way whether or not the other side has it yet.
  const waiting = !end.received && end.confirmed.name === 'received';
  const start: State = waiting ? { name: 'requested' } : end.confirmed;
  return end.pending.reduce((state, event) => play(state, event, 'initiator').to, start);
}

/** This side acts. Its message must carry the answer's `seq` and `seen`. */
export function act(
  end: End,
  event: MachineEvent,
): Result<{ readonly end: End; readonly move: Move; readonly seen: number }, 'transition'> {
  const step = next(shownOf(end), event, end.who);
  if (!step.ok) return step;
  const seq = end.ownSeq + 1;
  const numbered: Numbered = { ...event, seq };
  const move = play(shownOf(end), numbered, end.who);
  if (end.who === 'recipient') {
    return ok({ end: { ...end, ownSeq: seq, confirmed: move.to }, move, seen: end.seen });
  }
  return ok({ end: { ...end, ownSeq: seq, pending: [...end.pending, numbered] }, move, seen: end.peerSeq });
}

/** Takes the other side's next event; its `seq` must be `peerSeq + 1`. Answers every event that is now decided. */
export function take(end: End, event: Numbered, seen: number): { readonly end: End; readonly moves: Move[] } {
  if (event.seq !== end.peerSeq + 1) throw new Error(`event ${event.seq} taken after ${end.peerSeq}`);
  if (end.who === 'recipient') {
    const move = play(end.confirmed, event, 'initiator');
    return { end: { ...end, confirmed: move.to, peerSeq: event.seq, seen: event.seq }, moves: [move] };
  }
  const moves: Move[] = [];
  let confirmed = end.confirmed;
  for (const own of end.pending.filter(({ seq }) => seq <= seen)) {
    const move = play(confirmed, own, 'initiator');
    moves.push(move);
    confirmed = move.to;
  }
  const move = play(confirmed, event, 'recipient');
  moves.push(move);
  // The recipient says no more after a terminal state, so what it had not seen by then is ignored for good.
  const closed = isTerminal(move.to.name);
  const left = end.pending.filter(({ seq }) => seq > seen);
  if (closed) moves.push(...left.map((own) => play(move.to, own, 'initiator')));
  return {
    end: {
      ...end,
      confirmed: move.to,
      peerSeq: event.seq,
      seen: Math.max(end.seen, closed ? end.ownSeq : Math.min(seen, end.ownSeq)),
      received: true,
      pending: closed ? [] : left,
    },
    moves,
  };
}

/** The transport's word that the other side has the referral. */
export function receipted(end: End): End {
  return { ...end, received: true };
}

function play(from: State, event: Numbered, who: Party): Move {
  const step = next(from, event, who);
  const common = { who, seq: event.seq, type: event.type, from };
  return step.ok
    ? { ...common, to: step.value.state, transition: step.value.transition }
    : { ...common, to: from };
}
