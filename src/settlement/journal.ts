import { hash } from 'node:crypto';
import type { Purpose } from '../../schemas/settlement-words.ts';
import type { AuditTrail } from '../access/audit.ts';
import type { Vault } from '../access/vault.ts';
import { type Clock, type Ids, systemTimers, type Timers } from '../clock.ts';
import { ConstraintError, type Store, type Unit } from '../store/port.ts';
import { answerExchange, beginExchange, expireExchanges } from './exchange-queries.ts';
import {
  type Exchange,
  type Verdict,
  type WireAnswer,
  WireError,
  type WireOutcome,
  type WireRequest,
} from './port.ts';

/** What an exchange came to, as the journal knows it. `pending` is `unknown` once its deadline has passed. */
export type ExchangeOutcome = 'pending' | 'accepted' | 'refused' | 'not-run' | 'not-sent' | 'unknown';

/** The purposes whose exchanges may move money. */
const MONEY: ReadonlySet<Purpose> = new Set(['settle', 'reverse', 'undo']);

/** Answers longer than this prove nothing and are kept only to this length. */
const ANSWER_BYTES_MAX = 4 * 1024 * 1024;

/** An adapter is told to stop at its time-out; it is given up on only this much later, so that it can say more. */
const GRACE_MS = 1_000;

export interface ExchangeContext {
  readonly insurer: string;
  readonly purpose: Purpose;
  readonly client: string;
  readonly requestId: string;
  readonly settlementId?: string;
  /** No exchange begins that could outlast this. */
  readonly leaseUntil?: number;
  /**
   * Runs in the unit that writes the request down; where it answers false, the request is neither written nor sent.
   * `replaces` is an earlier money exchange of the same flow, known to have moved nothing.
   */
  readonly fence?: (
    unit: Unit,
    exchange: { id: string; moves: boolean; replaces?: string },
  ) => Promise<boolean>;
}

/** What the exchanges of one flow came to, whatever the adapter makes of them. */
export interface Trace {
  /** The last exchange that was written down. */
  last?: Traced;
  /** The last that could move money. */
  money?: Traced;
}

export interface Traced {
  readonly exchangeId: string;
  readonly transaction: string;
  readonly ownId: string;
  readonly outcome: ExchangeOutcome;
  /** Until then the insurer may still be acting on it. */
  readonly deadlineAt: number;
  readonly reason?: string;
  readonly notes?: readonly string[];
}

export interface JournalParts {
  readonly store: Store;
  readonly vault: Vault;
  readonly audit: AuditTrail;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly timers?: Timers;
  /** How long an answer of this insurer is waited for. */
  readonly timeoutMsOf: (insurer: string) => number;
}

interface Result {
  readonly outcome: Exclude<ExchangeOutcome, 'pending'>;
  readonly verdict: Verdict;
  readonly answer?: WireAnswer;
}

/**
 * The journal of exchanges:
 *
 *     written (pending) ──commit──► sent once ──► answered ──commit──► accepted | refused | not-run | not-sent | unknown
 *
 * Two units of work for each exchange, and nothing is sent before the first is on disk. A gateway that dies in
 * between leaves `pending`, which nobody may read as anything but unknown.
 *
 * Each of the two adds to the audit trail the digest of the bytes it kept. The trail is a chain of hashes, so a body
 * that was changed afterwards, like an exchange that was slipped in or taken away, no longer fits it.
 */
export class Journal {
  readonly #parts: JournalParts;

  constructor(parts: JournalParts) {
    this.#parts = parts;
  }

  /** Opens the journal for one flow of exchanges. */
  open(context: ExchangeContext): { exchange: Exchange; trace: Trace } {
    const trace: Trace = {};
    return { exchange: (request) => this.#exchange(context, request, trace), trace };
  }

  timeoutMsOf(insurer: string): number {
    return this.#parts.timeoutMsOf(insurer);
  }

  /** Marks what was never answered as unknown; called at start and now and then. */
  async expire(): Promise<void> {
    const now = this.#parts.clock.now();
    await this.#parts.store.write((unit) => unit.run(expireExchanges, { now }));
  }

  async #exchange(context: ExchangeContext, request: WireRequest, trace: Trace): Promise<WireOutcome> {
    const { clock, ids } = this.#parts;
    const ref = { exchangeId: ids.next(), ownId: request.ownId };
    const startedAt = clock.now();
    const timeoutMs = request.timeoutMs ?? this.timeoutMsOf(context.insurer);
    const deadlineAt = startedAt + timeoutMs + GRACE_MS;
    const barred = await this.#begin(context, request, trace, ref.exchangeId, startedAt, deadlineAt);
    if (barred) return { kind: 'not-run', reason: barred, ...ref };
    const begun: Traced = { ...ref, transaction: request.transaction, outcome: 'pending', deadlineAt };
    this.#note(trace, request, begun);
    // A process that was stopped while it wrote must not send into a step that others believe over.
    const result =
      clock.now() >= deadlineAt
        ? notSent('the time for it has passed')
        : await this.#send(request, timeoutMs);
    const kept = await this.#finish(context, ref.exchangeId, result, startedAt);
    // Somebody has declared the exchange lost meanwhile; what they do about it must not be contradicted.
    const verdict: Verdict = kept
      ? result.verdict
      : { kind: 'unknown', reason: 'answered after its deadline' };
    this.#note(trace, request, {
      ...begun,
      outcome: kept ? result.outcome : 'unknown',
      ...(verdict.kind === 'accepted' ? { notes: verdict.notes ?? [] } : { reason: verdict.reason }),
    });
    return { ...verdict, ...ref };
  }

  /** Writes the request down; answers why it may not be sent. */
  async #begin(
    context: ExchangeContext,
    request: WireRequest,
    trace: Trace,
    id: string,
    startedAt: number,
    deadlineAt: number,
  ): Promise<string | undefined> {
    const { store, vault, audit } = this.#parts;
    const moves = request.effect === 'money';
    if (moves && !MONEY.has(context.purpose)) return 'this step must not move money';
    if (context.leaseUntil !== undefined && deadlineAt > context.leaseUntil)
      return 'no time left in this step';
    const before = trace.money;
    if (moves && before && !movedNothing(before.outcome)) return 'money may move once in a step';
    const row = {
      id,
      insurer: context.insurer,
      transaction: request.transaction,
      own_id: request.ownId,
      purpose: context.purpose,
      settlement_id: context.settlementId ?? null,
      client: context.client,
      effect: request.effect,
      request: vault.seal(`exchange ${id} request`, request.body),
      sent_at: startedAt,
      deadline_at: deadlineAt,
      outcome: 'pending' as const,
      reason: null,
      answer: null,
      status: null,
      answered_at: null,
      duration_ms: null,
    };
    try {
      return await store.write(async (unit) => {
        const exchange = { id, moves, ...(before && { replaces: before.exchangeId }) };
        if (context.fence && !(await context.fence(unit, exchange))) return 'another step has begun';
        await unit.run(beginExchange, row);
        const { insurer } = context;
        const { transaction, effect } = request;
        const detail = { insurer, transaction, effect, sha256: digestOf(row.request) };
        const { client, requestId } = context;
        await audit.add(unit, {
          client,
          act: context.purpose,
          kind: 'exchange',
          subject: id,
          requestId,
          detail,
        });
        return undefined;
      });
    } catch (error) {
      if (error instanceof ConstraintError) return 'this id was used before';
      throw error;
    }
  }

  async #send(request: WireRequest, timeoutMs: number): Promise<Result> {
    try {
      // Async, so that an adapter that throws at once is an exchange that failed, its timer cleared.
      const timers = this.#parts.timers ?? systemTimers;
      const answer = await withTimeout(timers, timeoutMs, async (signal) => request.send(signal));
      if (answer.body.length > ANSWER_BYTES_MAX) {
        const body = answer.body.subarray(0, ANSWER_BYTES_MAX);
        return { ...unknown('the answer is too long'), answer: { ...answer, body } };
      }
      return { ...judged(request, answer), answer };
    } catch (error) {
      if (error instanceof WireError && error.sent === 'nothing') {
        return notSent(error.message);
      }
      return unknown(error instanceof WireError ? error.message : 'the connection failed');
    }
  }

  async #finish(context: ExchangeContext, id: string, result: Result, startedAt: number): Promise<boolean> {
    const { store, vault, clock, audit } = this.#parts;
    const { verdict, answer, outcome } = result;
    const now = clock.now();
    const row = {
      id,
      outcome,
      reason: verdict.kind === 'accepted' ? null : vault.seal(`exchange ${id} reason`, verdict.reason),
      answer: answer ? vault.seal(`exchange ${id} answer`, answer.body) : null,
      status: answer?.status ?? null,
      answered_at: now,
      duration_ms: Math.max(0, now - startedAt),
    };
    const { client, requestId } = context;
    const digest: Record<string, string> = row.answer ? { sha256: digestOf(row.answer) } : {};
    const answered = { client, requestId, act: 'answer', kind: 'exchange', subject: id };
    return store.write(async (unit) => {
      if ((await unit.run(answerExchange, row)) !== 1) return false;
      await audit.add(unit, { ...answered, detail: { outcome, ...digest } });
      return true;
    });
  }

  #note(trace: Trace, request: WireRequest, traced: Traced): void {
    trace.last = traced;
    if (request.effect === 'money') trace.money = traced;
  }
}

/** The digest of bytes as the store keeps them, that is sealed: it can be checked without the key. */
export function digestOf(sealed: Uint8Array): string {
  return hash('sha256', sealed, 'base64url');
}

/** Whether an exchange with this outcome is known to have moved nothing. */
export function movedNothing(outcome: ExchangeOutcome): boolean {
  return outcome === 'refused' || outcome === 'not-run' || outcome === 'not-sent';
}

function judged(request: WireRequest, answer: WireAnswer): Result {
  try {
    const verdict = request.judge(answer);
    return { outcome: verdict.kind, verdict };
  } catch {
    return unknown('the answer cannot be read');
  }
}

function notSent(reason: string): Result {
  return { outcome: 'not-sent', verdict: { kind: 'not-run', reason } };
}

function unknown(reason: string): Result {
  return { outcome: 'unknown', verdict: { kind: 'unknown', reason } };
}

/** Runs `work` with a signal that fires at the time-out, and gives up on it a little later whatever it does. */
function withTimeout<T>(
  timers: Timers,
  timeoutMs: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const controller = new AbortController();
    let cancel = timers.start(timeoutMs, () => {
      controller.abort(new Error('time-out'));
      cancel = timers.start(GRACE_MS, () => reject(new WireError('maybe', 'no answer in time')));
    });
    work(controller.signal)
      .finally(() => cancel())
      .then(resolve, reject);
  });
}
