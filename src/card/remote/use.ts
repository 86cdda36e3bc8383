import { Fault } from '../../errors.ts';
import { codeOf } from './faults.ts';
import { type AnswerTo, type Ask, isAnswerTo, isAsk, type Offers, type Op } from './operations.ts';
import type { MessageOfGateway } from './wire.ts';

/** Calls of one use that wait for their answers at a time. */
const CALLS_MAX = 16;

/** The claim stands among the calls as number 0. */
const CLAIM = 0;

interface Waiting {
  readonly op: Op | 'claim';
  resolve(value: unknown): void;
  reject(fault: Fault): void;
}

export interface RemoteUseParts {
  send(message: MessageOfGateway): void;
  /** The use is over: nothing that comes for it is of interest any more. */
  over(): void;
}

/** A use of a desk's reader, at the gateway: its calls, until it is released or comes to its end. */
export class RemoteUse {
  readonly id: number;
  readonly #parts: RemoteUseParts;
  readonly #waiting = new Map<number, Waiting>();
  readonly #ended = Promise.withResolvers<Fault>();
  #calls = CLAIM;
  #over: Fault | undefined;

  constructor(id: number, parts: RemoteUseParts) {
    this.id = id;
    this.#parts = parts;
  }

  /** Resolves with the reason when the use came to its end before it was released; never rejects. */
  get ended(): Promise<Fault> {
    return this.#ended.promise;
  }

  /** Claims the reader. Faults: what the desk says, `reader.busy` above all. */
  claim(reader: string, limitMs: number): Promise<Offers> {
    const answer = this.#wait(CLAIM, 'claim');
    this.#parts.send({ t: 'use', use: this.id, reader, limitMs });
    return answer;
  }

  /** Has the desk do something with the reader, once. When `signal` aborts, the desk is told to wait no longer. */
  async call<Name extends Op>(ask: Ask & { op: Name }, signal?: AbortSignal): Promise<AnswerTo<Name>> {
    if (this.#over) throw this.#over;
    if (!isAsk(ask)) throw new Fault('reader.unsupported', { detail: 'more than a desk can be asked for' });
    if (this.#waiting.size >= CALLS_MAX) throw new Fault('reader.busy', { retryAfterS: 1 });
    const call = ++this.#calls;
    const answer = this.#wait(call, ask.op as Name);
    this.#parts.send({ t: 'call', use: this.id, call, ask });
    const cancel = () => this.#parts.send({ t: 'cancel', use: this.id, call });
    if (signal?.aborted) cancel();
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      return await answer;
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  answered(call: number, value: unknown): void {
    const waiting = this.#take(call);
    if (!waiting) return;
    if (isAnswerTo(waiting.op, value)) waiting.resolve(value);
    else waiting.reject(new Fault('desk.protocol', { detail: `no answer to ${waiting.op}` }));
  }

  failed(call: number, fault: Fault): void {
    if (call === CLAIM) this.#end(fault);
    else this.#take(call)?.reject(fault);
  }

  /** Gives the reader back; what the use failed with, the desk counts as its reader's failure. */
  release(error?: unknown): void {
    if (this.#over) return;
    this.#parts.send({
      t: 'release',
      use: this.id,
      ...(error === undefined ? {} : { failed: codeOf(error) }),
    });
    this.#end(new Fault('reader.lost', { detail: 'the reader was given back' }));
  }

  /** The use came to its end, at the desk or with the session. */
  end(fault: Fault): void {
    this.#end(fault);
    this.#ended.resolve(fault);
  }

  #end(fault: Fault): void {
    if (this.#over) return;
    this.#over = fault;
    this.#parts.over();
    for (const { reject } of this.#waiting.values()) reject(fault);
    this.#waiting.clear();
  }

  #wait<Name extends Op | 'claim'>(call: number, op: Name): Promise<AnswerTo<Name>> {
    const { promise, resolve, reject } = Promise.withResolvers<AnswerTo<Name>>();
    // Who asked may have turned away.
    promise.catch(() => {});
    this.#waiting.set(call, { op, resolve: (value) => resolve(value as AnswerTo<Name>), reject });
    return promise;
  }

  #take(call: number): Waiting | undefined {
    const waiting = this.#waiting.get(call);
    this.#waiting.delete(call);
    return waiting;
  }
}
