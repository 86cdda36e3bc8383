/**
 * One request to an insurer and what came back, as the core and an adapter speak of it. An adapter never sends by
 * itself: it gives a `WireRequest` to the `Exchange` it was handed, which writes it down first.
 */

/**
 * Sends one exchange, provided by the core: writes the request down, commits, sends it once, and writes the answer
 * down. It never sends twice.
 */
export type Exchange = (request: WireRequest) => Promise<WireOutcome>;

/** One request as it goes over the wire. */
export interface WireRequest {
  /** The insurer's name for it: an infno such as 2207. */
  readonly transaction: string;
  /** The id we gave it (msgid). Unique for ever. */
  readonly ownId: string;
  /** What it can change at the insurer. Only `money` puts a settlement in doubt. */
  readonly effect: 'none' | 'record' | 'money';
  /**
   * The body as sent, to the byte. Of a file that goes out, the envelope and what names the file (name, size, SHA-256)
   * stand for it: as JSON, `{"envelope":…,"file":{…}}`.
   */
  readonly body: Buffer;
  /** How long its answer is waited for, where a file takes longer than the insurer's other answers. */
  readonly timeoutMs?: number;
  /** Sends it, once, and answers what came back. Throws a `WireError` that says what may have happened. */
  send(signal: AbortSignal): Promise<WireAnswer>;
  /** Reads the answer: only an explicit word of the insurer is success or refusal. Pure. */
  judge(answer: WireAnswer): Verdict;
}

export interface WireAnswer {
  readonly status: number;
  readonly contentType: string;
  /** As it came; of a file that came, what names it: `{"file":{"bytes":…,"sha256":…}}`. */
  readonly body: Buffer;
}

/** What the journal keeps of an answer. */
export type KeptAnswer = Pick<WireAnswer, 'status' | 'body'>;

/** What an answer proves. */
export type Verdict =
  /** The insurer says it did it. `output` is its content, numbers as their exact text. */
  | {
      readonly kind: 'accepted';
      readonly output: unknown;
      readonly theirId?: string;
      readonly notes?: readonly string[];
    }
  /** The insurer says it refused, before changing anything. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** Its gateway, or its session, turned the request away before any transaction ran. */
  | { readonly kind: 'not-run'; readonly reason: string }
  /** It proves nothing: rubbish, a 5xx, a system error, amounts that don't add up. */
  | { readonly kind: 'unknown'; readonly reason: string };

export type WireOutcome = Verdict & {
  /** The exchange's row in the journal. */
  readonly exchangeId: string;
  readonly ownId: string;
};

/** A failure on the wire, by what may have happened: nothing was sent, or nobody knows. */
export class WireError extends Error {
  override name = 'WireError';
  readonly sent: 'nothing' | 'maybe';
  constructor(sent: 'nothing' | 'maybe', message: string, cause?: unknown) {
    super(message, { cause });
    this.sent = sent;
  }
}

/** What a flow of several exchanges came to. `at` is the exchange that decided it. */
export type Outcome<T> =
  | { readonly kind: 'accepted'; readonly value: T; readonly at: ExchangeRef }
  | { readonly kind: 'refused' | 'not-run' | 'unknown'; readonly reason: string; readonly at: ExchangeRef };

export interface ExchangeRef {
  readonly exchangeId: string;
  readonly transaction: string;
  readonly ownId: string;
}

/** An exchange whose answer is on disk. */
export interface AnsweredExchange {
  readonly transaction: string;
  readonly ownId: string;
  readonly answer: KeptAnswer;
}
