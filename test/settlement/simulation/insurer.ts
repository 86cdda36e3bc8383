import type { Place } from '../../../schemas/settlement-words.ts';
import type { WayOut } from '../../../src/settlement/port.ts';

/** What an insurer's interface promises. */
export interface Rules {
  readonly id: string;
  readonly place: Place;
  /** What it takes of what is put to it, in hundredths. */
  readonly share: number;
  readonly ways: readonly {
    readonly way: WayOut['way'];
    readonly decides: readonly ('settle' | 'reverse')[];
  }[];
  /** Undoing what never came keeps it from ever coming; another refuses it, and that proves nothing. */
  readonly fences: boolean;
  /** Requests stamped longer ago, or further ahead, are turned away. */
  readonly stampWindowMs?: number;
  /** Settling takes a reservation first. */
  readonly isTwoPhase?: boolean;
  /** Quotes come with a handle by which they are settled, once and not later than this. */
  readonly handleLivesMs?: number;
}

const MINUTE = 60_000;

/** One of each kind, in the legal order. */
export const INSURERS: readonly Rules[] = [
  {
    ...{ id: 'national', place: 'basic', share: 40, fences: true },
    ways: [{ way: 'reverse-by-own-id', decides: ['settle', 'reverse'] }],
  },
  {
    ...{ id: 'commercial', place: 'supplementary', share: 30, fences: false, stampWindowMs: 10 * MINUTE },
    ways: [
      { way: 'reverse-by-own-id', decides: ['settle'] },
      { way: 'statement', decides: ['settle', 'reverse'] },
    ],
  },
  {
    ...{ id: 'assistance', place: 'assistance', share: 50, fences: false },
    ways: [{ way: 'reverse-by-own-id', decides: ['settle', 'reverse'] }],
  },
  {
    ...{ id: 'charity', place: 'other', share: 20, fences: true, isTwoPhase: true },
    ways: [{ way: 'two-phase', decides: ['settle', 'reverse'] }],
  },
  {
    ...{ id: 'purse', place: 'purse', share: 60, fences: false },
    ...{ stampWindowMs: 10 * MINUTE, handleLivesMs: 15 * MINUTE },
    ways: [{ way: 'query-by-handle', decides: ['settle', 'reverse'] }],
  },
  {
    ...{ id: 'mobile', place: 'mobile', share: 100, fences: false, stampWindowMs: 10 * MINUTE },
    ways: [{ way: 'statement', decides: ['settle', 'reverse'] }],
  },
];

/** When the list of what came at some time is made. */
const LIST_AFTER_MS = 6 * 60 * MINUTE;

export type Transaction =
  | 'sign-in'
  | 'visit'
  | 'quote'
  | 'prepare'
  | 'settle'
  | 'reverse'
  | 'undo'
  | 'query'
  | 'cancel'
  | 'list';

export interface Request {
  readonly transaction: Transaction;
  readonly ownId: string;
  /** Epoch ms by the sender's clock. */
  readonly stamp: number;
  readonly bill?: string;
  readonly settlementId?: string;
  readonly leftFen?: number;
  readonly handle?: string;
  readonly number?: string;
  /** What is asked about, or undone: the id and the stamp it was sent under. */
  readonly original?: { readonly of: 'settle' | 'reverse'; readonly ownId: string; readonly stamp: number };
}

export interface Answer {
  /** The request it answers. */
  readonly to: string;
  readonly said: 'done' | 'refused' | 'not-run' | 'failed';
  readonly words?: string;
  readonly output?: Output;
}

export interface Output {
  readonly handle?: string;
  readonly entry?: Entry;
  readonly reversed?: { readonly number: string };
  readonly is?: 'never' | 'settled' | 'reversed';
  /** Epoch ms: when it can be told. */
  readonly until?: number;
  readonly faulty?: boolean;
}

/** A settlement in the insurer's book. */
export interface Entry {
  readonly number: string;
  readonly bill: string;
  readonly settlementId: string;
  readonly totalFen: number;
  readonly paysFen: number;
  state: 'live' | 'reversed' | 'undone';
}

interface Deed {
  readonly of: 'settle' | 'reverse';
  readonly entry: Entry;
  readonly number: string;
  undone: boolean;
}

class Refused extends Error {}

/**
 * An insurer with a book of its own, which outlives every gateway. It never stops a bill from being settled twice: it
 * keeps a note of it, and going by its interface that must never be necessary.
 */
export class ModelInsurer {
  readonly rules: Rules;
  readonly entries: Entry[] = [];
  /** Bills that were live twice, at the moment it happened. */
  readonly doubled: string[] = [];
  /** By the id the sender gave. */
  readonly deeds = new Map<string, Deed>();
  readonly #cancelled = new Set<string>();
  readonly #reservations = new Set<string>();
  readonly #handles = new Map<string, { expiresAt: number; state: 'open' | 'closed' | Entry }>();
  readonly #now: () => number;
  #next = 1;

  constructor(rules: Rules, now: () => number) {
    this.rules = rules;
    this.#now = now;
  }

  live(bill: string): Entry[] {
    return this.entries.filter((entry) => entry.bill === bill && entry.state === 'live');
  }

  act(request: Request, whim?: 'differ' | 'faulty'): Answer {
    const to = request.ownId;
    const { stampWindowMs } = this.rules;
    if (stampWindowMs !== undefined && Math.abs(request.stamp - this.#now()) > stampWindowMs)
      return { to, said: 'not-run', words: 'the time stamp is off' };
    try {
      return { to, said: 'done', output: this.#done(request, whim) };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return { to, said: 'refused', words: error.message };
    }
  }

  /** What a person does at the insurer's own counter. */
  reverseByHand(entry: Entry): void {
    entry.state = 'reversed';
  }

  #done(request: Request, whim: 'differ' | 'faulty' | undefined): Output {
    switch (request.transaction) {
      case 'sign-in':
      case 'visit':
        return {};
      case 'quote':
        return { handle: this.#quote(), entry: this.#entry(request, 0) };
      case 'prepare':
        this.#reservations.add(request.original!.ownId);
        return {};
      case 'settle':
        return this.#settle(request, whim);
      case 'reverse':
        return this.#reverse(request, whim);
      case 'undo':
        return this.#undo(request.original!.ownId);
      case 'cancel':
        return this.#cancel(request.original!.ownId);
      case 'query':
        return this.#query(request);
      case 'list':
        return this.#list(request.original!);
    }
  }

  #quote(): string {
    const handle = `H${this.#next++}`;
    const { handleLivesMs } = this.rules;
    if (handleLivesMs !== undefined)
      this.#handles.set(handle, { expiresAt: this.#now() + handleLivesMs, state: 'open' });
    return handle;
  }

  #entry({ bill = '', settlementId = '', leftFen = 0 }: Request, differing: number): Entry {
    const paysFen = Math.floor((leftFen * this.rules.share) / 100) - differing;
    const number = `${this.rules.id}-${this.#next++}`;
    return { number, bill, settlementId, totalFen: leftFen, paysFen, state: 'live' };
  }

  #settle(request: Request, whim: 'differ' | 'faulty' | undefined): Output {
    this.#assertNew(request.ownId);
    const handle = this.#handles.get(request.handle ?? '');
    if (handle && (handle.state !== 'open' || handle.expiresAt < this.#now()))
      throw new Refused('the handle is used or over');
    const entry = this.#entry(request, whim === 'differ' ? 1 : 0);
    this.#goLive(entry);
    this.entries.push(entry);
    this.deeds.set(request.ownId, { of: 'settle', entry, number: entry.number, undone: false });
    if (handle) handle.state = entry;
    return { entry: { ...entry }, ...(whim === 'faulty' ? { faulty: true } : {}) };
  }

  #reverse(request: Request, whim: 'differ' | 'faulty' | undefined): Output {
    this.#assertNew(request.ownId);
    const entry = this.entries.find(({ number }) => number === request.number);
    if (entry?.state !== 'live') throw new Refused('it is not in force');
    entry.state = 'reversed';
    const number = `${this.rules.id}-${this.#next++}`;
    this.deeds.set(request.ownId, { of: 'reverse', entry, number, undone: false });
    return { reversed: { number }, ...(whim === 'faulty' ? { faulty: true } : {}) };
  }

  /** Undoes by the sender's id. */
  #undo(ownId: string): Output {
    const deed = this.deeds.get(ownId);
    if (!deed || deed.undone) {
      if (!this.rules.fences) throw new Refused(deed ? 'it is undone' : 'it never came');
      if (!deed) this.#cancelled.add(ownId);
      return {};
    }
    if (deed.of === 'settle' && deed.entry.state !== 'live') throw new Refused('it is reversed');
    deed.undone = true;
    if (deed.of === 'settle') deed.entry.state = 'undone';
    else this.#goLive(deed.entry);
    return {};
  }

  /** Lets a reservation go, unless it was confirmed. */
  #cancel(ownId: string): Output {
    const deed = this.deeds.get(ownId);
    if (deed) return outputOf(deed);
    this.#reservations.delete(ownId);
    this.#cancelled.add(ownId);
    return { is: 'never' };
  }

  #query({ handle: name = '', original }: Request): Output {
    const deed = this.deeds.get(original!.ownId);
    if (deed) return outputOf(deed);
    const handle = this.#handles.get(name);
    const until =
      original!.of === 'settle' && handle
        ? handle.expiresAt
        : original!.stamp + (this.rules.stampWindowMs ?? 0);
    return this.#now() > until ? { is: 'never' } : { until: until + 1 };
  }

  #list({ ownId, stamp }: NonNullable<Request['original']>): Output {
    const until = stamp + LIST_AFTER_MS;
    if (this.#now() <= until) return { until: until + 1 };
    const deed = this.deeds.get(ownId);
    return deed ? outputOf(deed) : { is: 'never' };
  }

  #assertNew(ownId: string): void {
    if (this.deeds.has(ownId)) throw new Refused('this id was used before');
    if (this.#cancelled.has(ownId)) throw new Refused('this id was taken back');
    if (this.rules.isTwoPhase && !this.#reservations.has(ownId)) throw new Refused('nothing is reserved');
  }

  #goLive(entry: Entry): void {
    if (this.live(entry.bill).length > 0) this.doubled.push(entry.bill);
    entry.state = 'live';
  }
}

function outputOf({ of, entry, number, undone }: Deed): Output {
  if (undone) return { is: 'never' };
  return of === 'settle' ? { is: 'settled', entry: { ...entry } } : { is: 'reversed', reversed: { number } };
}
