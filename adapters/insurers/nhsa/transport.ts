import type { SecureContext } from 'node:tls';
import { type Dispatcher, Pool } from 'undici';
import { type WireAnswer, WireError } from '../../../src/settlement/port.ts';

export interface TransportOptions {
  readonly url: string;
  /** From sending to the last byte of the answer. */
  readonly timeoutMs: number;
  readonly connectTimeoutMs?: number;
  readonly connectionsMax?: number;
  readonly answerBytesMax?: number;
  readonly contentType?: 'application/json' | 'text/plain' | undefined;
  readonly secureContext?: SecureContext | undefined;
}

/** An answer with the HTTP date it bore; empty where it had none. */
export interface HttpAnswer extends WireAnswer {
  readonly date: string;
}

const CONNECT_TIMEOUT_MS = 5_000;
const CONNECTIONS_MAX = 64;
/** An answer's output has at most 40000 characters; lists of some transactions go beyond. */
const ANSWER_BYTES_MAX = 4 * 1024 * 1024;

/** One insurer's connections: sends a request once, and never again. */
export class Transport {
  readonly #pool: Pool;
  readonly #path: string;
  readonly #timeoutMs: number;
  readonly #answerBytesMax: number;
  readonly #contentType: string;

  constructor(options: TransportOptions) {
    const url = new URL(options.url);
    this.#path = url.pathname + url.search;
    this.#timeoutMs = options.timeoutMs;
    this.#answerBytesMax = options.answerBytesMax ?? ANSWER_BYTES_MAX;
    this.#contentType = `${options.contentType ?? 'application/json'}; charset=utf-8`;
    this.#pool = new Pool(url.origin, {
      connections: options.connectionsMax ?? CONNECTIONS_MAX,
      pipelining: 1,
      // One deadline of our own covers the whole exchange.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: {
        timeout: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
        ...(options.secureContext && { secureContext: options.secureContext }),
      },
    });
  }

  /**
   * Posts to the URL, or to another path of its host. Throws a `WireError`: `nothing` as long as no byte was handed to
   * a connection, `maybe` from then on.
   */
  post(
    headers: Record<string, string>,
    body: Buffer,
    signal: AbortSignal,
    path = this.#path,
  ): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      const exchange = new HttpExchange(this.#answerBytesMax, this.#timeoutMs, signal, resolve, reject);
      if (exchange.over) return;
      const request = {
        path,
        method: 'POST' as const,
        headers: {
          'content-type': this.#contentType,
          accept: 'application/json',
          ...headers,
        },
        body,
      };
      try {
        this.#pool.dispatch(request, exchange);
      } catch (error) {
        exchange.fail('could not be sent', error);
      }
    });
  }

  /** The connections, for what is no plain request. */
  get pool(): Dispatcher {
    return this.#pool;
  }

  /** Lets go of the connections; what is under way ends as `maybe`. */
  close(): Promise<void> {
    return this.#pool.destroy();
  }
}

/** Follows one request through undici: what was sent, and what came back within its bounds. */
class HttpExchange implements Dispatcher.DispatchHandler {
  readonly #bytesMax: number;
  readonly #signal: AbortSignal;
  readonly #timer: NodeJS.Timeout;
  readonly #resolve: (answer: HttpAnswer) => void;
  readonly #reject: (error: WireError) => void;
  readonly #chunks: Buffer[] = [];
  readonly #aborted = () => this.#stop('given up by the caller');
  #controller: Dispatcher.DispatchController | undefined;
  #bytes = 0;
  #status = 0;
  #contentType = '';
  #date = '';
  over = false;

  constructor(
    bytesMax: number,
    timeoutMs: number,
    signal: AbortSignal,
    resolve: (answer: HttpAnswer) => void,
    reject: (error: WireError) => void,
  ) {
    this.#bytesMax = bytesMax;
    this.#signal = signal;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#timer = setTimeout(() => this.#stop(`no answer within ${timeoutMs} ms`), timeoutMs);
    if (signal.aborted) this.fail('given up by the caller');
    else signal.addEventListener('abort', this.#aborted, { once: true });
  }

  /** Called when a connection is up, just before the first byte is written: from here on nobody knows. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.over || this.#controller) {
      // Given up while it waited for a connection, or about to be sent a second time.
      controller.abort(new Error('not sent'));
      return;
    }
    this.#controller = controller;
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, unknown>,
  ): void {
    this.#status = status;
    this.#contentType = String(headers['content-type'] ?? '');
    this.#date = String(headers.date ?? '');
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#bytesMax) this.#stop(`the answer is larger than ${this.#bytesMax} bytes`);
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    if (this.#finish()) {
      const body =
        this.#chunks.length === 1 && this.#chunks[0] ? this.#chunks[0] : Buffer.concat(this.#chunks);
      this.#resolve({ status: this.#status, contentType: this.#contentType, date: this.#date, body });
    }
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.fail(codeOf(error), error);
  }

  fail(message: string, cause?: unknown): void {
    if (this.#finish()) this.#reject(new WireError(this.#controller ? 'maybe' : 'nothing', message, cause));
  }

  #stop(message: string): void {
    const controller = this.#controller;
    this.fail(message);
    controller?.abort(new Error(message));
  }

  /** True the first time. */
  #finish(): boolean {
    if (this.over) return false;
    this.over = true;
    clearTimeout(this.#timer);
    this.#signal.removeEventListener('abort', this.#aborted);
    return true;
  }
}

/** An error's code rather than its message, which may hold an address. */
function codeOf(error: Error): string {
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' ? code : error.name;
}
