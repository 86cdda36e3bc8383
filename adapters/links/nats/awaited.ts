import { LinkError, type Receipt } from '../../../src/delivery/port.ts';

/** Receipts that came after nobody waited for them any more, kept until their message is sent again. */
const LATE_MAX = 10_000;

/** One who waits for the answer to a message. */
export interface Awaited {
  /** Rejects with the LinkError of a refusal, or with the reason that the waiting was given up for. */
  readonly outcome: Promise<Receipt>;
  /** Ends the waiting. */
  forget(): void;
}

type Waiting = PromiseWithResolvers<Receipt>;

/**
 * Brings answers to those who wait for them. An answer may come long after its message was sent, when the other
 * side has been away; a late receipt is kept, so that the next try has it at once. A late refusal is not: by the next
 * try the reason for it may be gone.
 */
export class AwaitedAnswers {
  readonly #waiting = new Map<string, Set<Waiting>>();
  readonly #late = new Map<string, Receipt>();

  /** The receipt that came too late for an earlier try; given once. */
  takeLate(organisation: string, messageId: string): Receipt | undefined {
    const key = keyOf(organisation, messageId);
    const receipt = this.#late.get(key);
    this.#late.delete(key);
    return receipt;
  }

  /** Waits for the answer of an organisation to a message. */
  expect(organisation: string, messageId: string, signal: AbortSignal): Awaited {
    const key = keyOf(organisation, messageId);
    const waiting = Promise.withResolvers<Receipt>();
    // Whoever waits may have stopped looking by the time this settles.
    waiting.promise.catch(() => undefined);
    const abort = () => waiting.reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    const all = this.#waiting.get(key) ?? new Set();
    this.#waiting.set(key, all.add(waiting));
    return {
      outcome: waiting.promise,
      forget: () => {
        signal.removeEventListener('abort', abort);
        all.delete(waiting);
        if (all.size === 0 && this.#waiting.get(key) === all) this.#waiting.delete(key);
      },
    };
  }

  /** Brings an answer. Says whether it came late. */
  settle(organisation: string, messageId: string, outcome: Receipt | LinkError): 'awaited' | 'late' {
    const key = keyOf(organisation, messageId);
    const all = this.#waiting.get(key);
    for (const waiting of all ?? []) {
      if (outcome instanceof LinkError) waiting.reject(outcome);
      else waiting.resolve(outcome);
    }
    if (all) return 'awaited';
    if (!(outcome instanceof LinkError)) this.#keep(key, outcome);
    return 'late';
  }

  #keep(key: string, receipt: Receipt): void {
    this.#late.delete(key);
    this.#late.set(key, receipt);
    if (this.#late.size <= LATE_MAX) return;
    for (const oldest of this.#late.keys()) {
      this.#late.delete(oldest);
      return;
    }
  }
}

function keyOf(organisation: string, messageId: string): string {
  return `${organisation} ${messageId}`;
}
