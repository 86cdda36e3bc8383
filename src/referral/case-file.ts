import type { Vault } from '../access/vault.ts';
import { type AfterCommit, StaleRow } from '../delivery/port.ts';
import type { Unit } from '../store/port.ts';
import type { Replaced } from './amendments.ts';
import { type End, initiatorEnd, type Move, receipted, shownOf, take } from './convergence.ts';
import { CONSENT_OWED, type Deadlines, dueOf } from './deadlines.ts';
import { actionsOf, type Detail, DRAFT, type EventType, isTerminal, next, type State } from './machine.ts';
import { bodyPurpose, type EventContent, openContent, type ReferralBody, sealContent } from './model.ts';
import { type Hearers, tell } from './observing.ts';
import type { ChangeEvent, ReferralChange, SettledEvent } from './port.ts';
import {
  type EventRow,
  eventBySeq,
  insertEvent,
  pendingEvents,
  type ReferralRow,
  settleEvent,
  updateReferral,
} from './queries.ts';
import { NOT_HELD } from './review/held.ts';
import { nextReview, type ReviewTransition } from './review/machine.ts';

/** What is recorded of an event beside its move. */
export interface Recorded {
  readonly id: string;
  readonly at: number;
  readonly now: number;
  readonly detail?: Detail | undefined;
  readonly messageId: string | null;
  /** Ours goes out to the other side; theirs came from it. */
  readonly delivery: 'queued' | null;
  readonly content: EventContent;
}

/** What it takes to put a referral back. */
export interface CaseParts extends Hearers {
  readonly deadlines: Deadlines;
}

/** Columns that are written back beside the end and what it says. */
type Extras = Pick<
  ReferralRow,
  'body' | 'consent_due_at' | 'consent_overdue' | 'reminded_at' | 'claim' | 'review' | 'review_act' | 'held'
>;

/** An entry of the history: a move of the machine, or a step of a review, which leaves the referral as it is. */
type Entry = Omit<Move, 'type'> & { readonly type: EventRow['type'] };

/**
 * A referral taken out to be changed within one unit: the rules work on its `end`, each event is written to its
 * history, and `save` puts it back unless another gateway was first.
 */
export class CaseFile {
  readonly #unit: Unit;
  readonly #vault: Vault;
  readonly row: ReferralRow;
  end: End;
  #eventCount: number;
  #receivedAt: number | null;
  #extras: Extras;
  readonly #events: ChangeEvent[] = [];
  readonly #settled: SettledEvent[] = [];
  #takenBack: Replaced = {};

  private constructor(unit: Unit, vault: Vault, row: ReferralRow, end: End) {
    this.#unit = unit;
    this.#vault = vault;
    this.row = row;
    this.end = end;
    this.#eventCount = row.event_count;
    this.#receivedAt = row.received_at;
    const { body, consent_due_at, consent_overdue, reminded_at, claim, review, review_act, held } = row;
    this.#extras = { body, consent_due_at, consent_overdue, reminded_at, claim, review, review_act, held };
  }

  static async open(unit: Unit, vault: Vault, row: ReferralRow): Promise<CaseFile> {
    const pending =
      row.role === 'initiator' ? await unit.all(pendingEvents, { referral_id: row.id, seen: row.seen }) : [];
    const end: End = {
      who: row.role,
      confirmed: stateOf(row.confirmed, row.confirmed_before),
      ownSeq: row.own_seq,
      peerSeq: row.peer_seq,
      seen: row.seen,
      received: row.received_at !== null,
      pending: pending.map(({ seq, type, detail }) => ({ seq, type, detail: detail ?? undefined })),
    };
    return new CaseFile(unit, vault, row, end);
  }

  /** Records an event of this side. The initiator's stays pending until the recipient confirms it. */
  async acted(end: End, move: Move, recorded: Recorded): Promise<void> {
    this.end = end;
    await this.#insert(move, recorded, end.who === 'initiator' ? 'pending' : outcomeOf(move));
  }

  /** Records a step of the review at this end. What it leads to is done by other calls. */
  async reviewed({ id, event }: ReviewTransition, recorded: Recorded): Promise<void> {
    const state = shownOf(this.end);
    const entry: Entry = { who: this.end.who, seq: 0, type: `review-${event}`, from: state, to: state };
    await this.#insert(entry, recorded, 'applied', { seq: null, transition_id: id });
  }

  /** The draft is sent: from here on there is another end. */
  async sent(recorded: Recorded): Promise<void> {
    this.end = initiatorEnd();
    const move = { who: 'initiator', seq: 1, type: 'send', from: DRAFT, to: shownOf(this.end) } as const;
    await this.#insert(move, recorded, 'applied', { transition_id: 'Y01' });
  }

  /** The draft is given up; nobody else knew of it. */
  async discarded(recorded: Recorded): Promise<void> {
    const step = next(this.end.confirmed, { type: 'discard' }, 'initiator');
    if (!step.ok) throw new Error('only a draft is discarded');
    const { state: to, transition } = step.value;
    const move = { who: 'initiator', seq: 0, type: 'discard', from: this.end.confirmed, to } as const;
    this.end = { ...this.end, confirmed: to };
    await this.#insert(move, recorded, 'applied', { seq: null, transition_id: transition.id });
  }

  /** The body as it is now. */
  get body(): ReferralBody {
    return this.#vault.openJson<ReferralBody>(bodyPurpose(this.row.id), this.#extras.body);
  }

  /** Changes what this side alone keeps. */
  keep(extras: Partial<Extras>): void {
    this.#extras = { ...this.#extras, ...extras };
  }

  /** Takes the other side's next event, and settles those of ours that it decides. */
  async take(event: { seq: number; seen: number; type: EventType }, recorded: Recorded): Promise<void> {
    if (!this.end.received) await this.receipt(recorded.id, recorded.now, recorded.now);
    const { type, seq } = event;
    const { end, moves } = take(this.end, { type, seq, detail: recorded.detail }, event.seen);
    this.end = end;
    for (const move of moves) {
      if (move.who !== end.who) await this.#insert(move, recorded, outcomeOf(move));
      else await this.#settle(move);
    }
  }

  /** The other side is now known to have the referral (row Y02). */
  async receipt(eventId: string, at: number, now: number): Promise<void> {
    if (this.end.received) return;
    this.end = receipted(this.end);
    this.#receivedAt = at;
    const green = this.row.channel === 'green';
    const from: State = { name: green ? 'active' : 'requested' };
    await this.#insert(
      { who: 'initiator', seq: 0, type: 'receipt', from, to: green ? from : { name: 'received' } },
      { id: `${eventId}.receipt`, at, now, messageId: null, delivery: null, content: {} },
      'applied',
      { seq: null, transition_id: green ? 'Y17' : 'Y02' },
    );
  }

  /** Writes the referral back and tells the observers; answers what to tell the listeners after the commit. */
  async save(parts: CaseParts, cause: ReferralChange['cause'], now: number): Promise<AfterCommit> {
    await this.#lapse(now);
    const { id, version } = this.row;
    const changes = {
      ...columnsOf(this.end),
      ...this.#extras,
      ...this.#due(parts.deadlines, now),
      received_at: this.#receivedAt,
      event_count: this.#eventCount,
      updated_at: now,
    };
    const changed = await this.#unit.run(updateReferral, { id, version, ...changes });
    if (changed !== 1) throw new StaleRow(`referral ${id}`);
    return tell(parts, this.#unit, {
      cause,
      before: this.row,
      after: { ...this.row, ...changes, version: version + 1 },
      events: this.#events,
      settled: this.#settled,
    });
  }

  /** An answer under review that the referral, as it stands now, does not take any more is not waited for. */
  async #lapse(now: number): Promise<void> {
    const { review, review_act: act } = this.#extras;
    if (review === null || act === null || act === 'send') return;
    if (actionsOf(shownOf(this.end), this.end.who).includes(act)) return;
    const step = nextReview(review, 'lapse');
    if (!step.ok) return;
    const id = `${this.row.id}.lapse.${this.#eventCount + 1}`;
    await this.reviewed(step.value, {
      id,
      at: now,
      now,
      messageId: null,
      delivery: null,
      content: { of: act },
    });
    this.keep(NOT_HELD);
  }

  /** What is waited for now; the time runs anew where that is another thing than before. */
  #due(deadlines: Deadlines, now: number): Pick<ReferralRow, 'due_for' | 'due_at' | 'overdue'> {
    const { retro, priority, due_for, due_at, overdue } = this.row;
    if (retro) return { due_for: null, due_at: null, overdue: 0 };
    const due = dueOf(deadlines, shownOf(this.end).name, priority, now);
    return due.due_for === due_for ? { due_for, due_at, overdue } : { ...due, overdue: 0 };
  }

  /** An amended form and a consent handed in take the place of what was there. */
  #absorb({ form, consent }: EventContent): void {
    if (!form && !consent) return;
    const changed = { ...this.body, ...(form ? { form } : {}), ...(consent ? { consent } : {}) };
    this.#extras = {
      ...this.#extras,
      body: this.#vault.sealJson(bodyPurpose(this.row.id), changed),
      ...(consent && consent.given !== CONSENT_OWED ? { consent_due_at: null, consent_overdue: 0 } : {}),
    };
  }

  async #insert(
    move: Entry,
    recorded: Recorded,
    outcome: EventRow['outcome'],
    own: Partial<Pick<EventRow, 'seq' | 'transition_id'>> = {},
  ): Promise<void> {
    this.#eventCount += 1;
    const row: EventRow = {
      id: recorded.id,
      referral_id: this.row.id,
      number: this.#eventCount,
      who: move.who,
      type: move.type,
      detail: recorded.detail ?? null,
      seq: move.seq,
      from_state: move.from.name,
      to_state: move.to.name,
      transition_id: move.transition?.id ?? null,
      outcome,
      message_id: recorded.messageId,
      delivery: recorded.delivery,
      content: sealContent(this.#vault, recorded.id, recorded.content),
      at: recorded.at,
      recorded_at: recorded.now,
      ...own,
    };
    await this.#unit.run(insertEvent, row);
    if (outcome !== 'ignored') this.#absorb(recorded.content);
    this.#events.push({ row, content: recorded.content });
  }

  async #settle(move: Move): Promise<void> {
    const { seq, type } = move;
    const decided = { transition_id: move.transition?.id ?? null, outcome: outcomeOf(move) };
    await this.#unit.run(settleEvent, {
      referral_id: this.row.id,
      who: move.who,
      seq,
      from_state: move.from.name,
      to_state: move.to.name,
      ...decided,
    });
    this.#settled.push({ seq, type, ...decided });
    if (!move.transition) await this.#takeBack(move);
  }

  /** What the other side never took in does not stand here either. The first of several knows what was before all. */
  async #takeBack({ who, seq }: Move): Promise<void> {
    const event = await this.#unit.one(eventBySeq, { referral_id: this.row.id, who, seq });
    const replaced = event && openContent(this.#vault, event).replaces;
    if (!replaced) return;
    this.#takenBack = { ...replaced, ...this.#takenBack };
    this.#absorb(this.#takenBack);
  }
}

function outcomeOf(move: Move): 'applied' | 'ignored' {
  return move.transition ? 'applied' : 'ignored';
}

function stateOf(name: State['name'], before: State['name'] | null): State {
  return before === null ? { name } : { name, before };
}

/** The columns that hold an end. */
export function columnsOf(end: End) {
  const shown = shownOf(end);
  return {
    state: shown.name,
    closed: isTerminal(shown.name) ? 1 : 0,
    confirmed: end.confirmed.name,
    confirmed_before: end.confirmed.before ?? null,
    own_seq: end.ownSeq,
    peer_seq: end.peerSeq,
    seen: end.seen,
  } as const;
}
