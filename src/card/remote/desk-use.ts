import { maskError } from '../../access/masking.ts';
import { Fault } from '../../errors.ts';
import type { OpenReader } from '../port.ts';
import { isErrorCode, wireOfFault } from './faults.ts';
import { type Ask, isAnswerTo } from './operations.ts';
import { offersOf, perform } from './perform.ts';
import type { DeskUsesParts } from './uses.ts';

/** The gateway sees to the limit itself; this bounds a use that it forgot. */
const LIMIT_MARGIN_MS = 5_000;

/** The claim's answer is that of call 0. */
const CLAIM = 0;

/** A use of one of our readers by the gateway: from the claim until it is released, or comes to its end. */
export class DeskUse {
  readonly reader: string;
  readonly #id: number;
  readonly #parts: DeskUsesParts;
  readonly #release = Promise.withResolvers<void>();
  readonly #done = Promise.withResolvers<void>();
  readonly #calls = new Map<number, { readonly cancel: AbortController; readonly done: Promise<void> }>();
  #at: { readonly reader: OpenReader; readonly signal: AbortSignal } | undefined;
  #released = false;

  constructor(id: number, reader: string, parts: DeskUsesParts) {
    this.#id = id;
    this.reader = reader;
    this.#parts = parts;
    // Nobody may be waiting yet when it is released.
    this.#release.promise.catch(() => {});
  }

  /** Whether the gateway has given the reader back, or is gone: nothing more of the use is said to it. */
  get released(): boolean {
    return this.#released;
  }

  /** Has the reader for the gateway, after those uses, until it is released; resolves when it is free. Never rejects. */
  async run(limitMs: number, after: readonly DeskUse[]): Promise<void> {
    await Promise.all(after.map((use) => use.#done.promise));
    if (!this.#released) await this.#use(limitMs);
    this.#released = true;
    this.#done.resolve();
  }

  async #use(limitMs: number): Promise<void> {
    try {
      await this.#parts.pool.use(this.reader, (open, signal) => this.#hold(open, signal), {
        limitMs: limitMs + LIMIT_MARGIN_MS,
      });
    } catch (error) {
      const fault = wireOfFault(this.#faultOf(error));
      const use = this.#id;
      if (this.#released) return;
      if (this.#at) this.#parts.send({ t: 'ended', use, fault });
      else this.#parts.send({ t: 'fault', use, call: CLAIM, fault });
    }
  }

  call(call: number, ask: Ask): void {
    if (this.#calls.has(call)) return;
    const cancel = new AbortController();
    const done = this.#perform(call, ask, cancel.signal).finally(() => this.#calls.delete(call));
    this.#calls.set(call, { cancel, done });
  }

  cancel(call: number): void {
    this.#calls.get(call)?.cancel.abort();
  }

  /** The gateway is done with the reader; with the code of what went wrong. */
  release(failed?: string): void {
    this.#released = true;
    if (failed === undefined) this.#release.resolve();
    else this.#release.reject(new Fault(isErrorCode(failed) ? failed : 'desk.protocol'));
  }

  async #hold(reader: OpenReader, signal: AbortSignal): Promise<void> {
    this.#at = { reader, signal };
    this.#answer(CLAIM, offersOf(reader));
    try {
      await this.#release.promise;
    } finally {
      // The next user must not meet the rest of an exchange.
      for (const { cancel } of this.#calls.values()) cancel.abort();
      await Promise.all([...this.#calls.values()].map(({ done }) => done));
    }
  }

  async #perform(call: number, ask: Ask, cancelled: AbortSignal): Promise<void> {
    try {
      if (!this.#at) throw new Fault('reader.absent');
      const { reader, signal } = this.#at;
      const { pool, clock, timers, keysOf } = this.#parts;
      const value = await perform(ask, {
        reader,
        clock,
        timers,
        signal: AbortSignal.any([signal, cancelled]),
        aids: { gate: pool.gate(this.reader), ...keysOf?.(this.reader, reader) },
      });
      if (!isAnswerTo(ask.op, value)) throw new Fault('reader.protocol', { detail: 'more than can be told' });
      this.#answer(call, value);
    } catch (error) {
      if (this.#released) return;
      this.#parts.send({ t: 'fault', use: this.#id, call, fault: wireOfFault(this.#faultOf(error)) });
    }
  }

  #answer(call: number, value: unknown): void {
    if (!this.#released) this.#parts.send({ t: 'answer', use: this.#id, call, value });
  }

  /** What is no fault is a bug: it is told here, and to the gateway that there was one. */
  #faultOf(error: unknown): Fault {
    if (error instanceof Fault) return error;
    this.#parts.logger.error({ err: maskError(error) }, 'a use of a reader failed unexpectedly');
    return new Fault('gateway.fault');
  }
}
