import { Fault } from '../../src/errors.ts';
import type { Framer } from './framing/framer.ts';
import type { Line } from './transports/line.ts';

/** What a token from the reader means to the request that waits. */
export type Verdict<Answer> =
  | { readonly answer: Answer }
  /** The reader works on it and asks for time: the time-out starts again. */
  | 'more-time'
  /** The reader got our bytes damaged: they are sent again. */
  | 'repeat'
  /** The answer may have been lost on the way: it comes soon or not at all. */
  | 'hurry'
  /** An answer to an earlier request, a notice, an echo. */
  | 'not-mine';

export interface Request<Token, Answer> {
  /** For the text of a fault: "find card". */
  readonly what: string;
  readonly bytes: Buffer;
  readonly timeoutMs: number;
  judge(token: Token): Verdict<Answer>;
}

interface Pending<Token> {
  take(token: Token): void;
  fail(fault: Fault): void;
}

const REPEATS_MAX = 3;
const EXTENSIONS_MAX = 30;
const HURRY_MS = 500;
const PROBE_TIMEOUT_MS = 1_000;

/**
 * Sends a request and waits for the answer that matches, or until its time is up; one request at a time.
 *
 * After a time-out the line is suspect: an answer may still come, or the reader may be gone without a word, as it is
 * when an RS-232 cable is pulled. So the next request is preceded by a probe whose answer can't be confused with
 * another's. A reader answers in order: after the probe's answer no older one is on its way. No answer to the probe,
 * and the line is given up.
 */
export class Requester<Token> {
  readonly #line: Line;
  readonly #framer: Framer<Token>;
  readonly #probe: (timeoutMs: number) => Request<Token, unknown>;
  #pending: Pending<Token> | undefined;
  #suspect = false;
  #gone = false;

  constructor(line: Line, framer: Framer<Token>, probe: (timeoutMs: number) => Request<Token, unknown>) {
    this.#line = line;
    this.#framer = framer;
    this.#probe = probe;
    framer.on('data', (token: Token) => this.#pending?.take(token));
    line.stream.pipe(framer);
    void line.lost.then(() => {
      this.#gone = true;
      framer.destroy();
      this.#pending?.fail(new Fault('reader.lost'));
    });
  }

  get line(): Line {
    return this.#line;
  }

  /** Faults: `reader.lost`, `reader.silent` (no byte came in time), `reader.protocol` (no answer among the bytes). */
  async ask<Answer>(request: Request<Token, Answer>): Promise<Answer> {
    if (this.#suspect) await this.#clear();
    return this.#exchange(request);
  }

  async #clear(): Promise<void> {
    try {
      await this.#exchange(this.#probe(PROBE_TIMEOUT_MS));
      this.#suspect = false;
    } catch (cause) {
      await this.#line.close();
      throw new Fault('reader.lost', { detail: 'no answer to two requests' }, cause);
    }
  }

  #exchange<Answer>(request: Request<Token, Answer>): Promise<Answer> {
    if (this.#pending) throw new Error('a reader takes one request at a time');
    if (this.#gone) throw new Fault('reader.lost');
    this.#framer.reset();
    const noiseBytesBefore = this.#framer.noiseBytes;
    let repeats = 0;
    let extensions = 0;
    return new Promise<Answer>((resolve, reject) => {
      const silent = () => {
        this.#suspect = true;
        const noise = this.#framer.noiseBytes - noiseBytesBefore;
        fail(unanswered(request, noise));
      };
      let timer = setTimeout(silent, request.timeoutMs);
      const settle = () => {
        clearTimeout(timer);
        this.#pending = undefined;
      };
      const fail = (fault: Fault) => {
        settle();
        reject(fault);
      };
      const take = (token: Token) => {
        const verdict = request.judge(token);
        if (typeof verdict === 'object') {
          settle();
          resolve(verdict.answer);
        } else if (verdict === 'more-time' && extensions++ < EXTENSIONS_MAX) {
          timer.refresh();
        } else if (verdict === 'hurry') {
          clearTimeout(timer);
          timer = setTimeout(silent, Math.min(HURRY_MS, request.timeoutMs));
        } else if (verdict === 'repeat') {
          if (repeats++ < REPEATS_MAX) this.#line.stream.write(request.bytes);
          else
            fail(
              new Fault('reader.protocol', {
                detail: `${request.what}: refused as damaged ${repeats} times`,
              }),
            );
        }
      };
      this.#pending = { take, fail };
      this.#line.stream.write(request.bytes);
    });
  }
}

function unanswered(request: Request<never, unknown>, noiseBytes: number): Fault {
  const detail = `${request.what}: no answer within ${request.timeoutMs} ms`;
  return noiseBytes === 0
    ? new Fault('reader.silent', { detail })
    : new Fault('reader.protocol', { detail, facts: { noiseBytes } });
}
