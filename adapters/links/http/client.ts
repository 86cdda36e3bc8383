import { Pool } from 'undici';
import { LinkError, type Packet } from '../../../src/delivery/port.ts';

/** Time-outs of one step each; the caller's signal bounds the whole. */
const CONNECT_TIMEOUT_MS = 5_000;
const HEADERS_TIMEOUT_MS = 15_000;
const BODY_TIMEOUT_MS = 5_000;
/** Connections kept to one organisation. */
const CONNECTIONS_MAX = 32;

export interface HttpAnswer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: Buffer;
}

export interface PostOptions {
  readonly signal: AbortSignal;
  readonly answerBytesMax: number;
  /** JSON unless given. */
  readonly contentType?: string;
  /** How long an answer is waited for; a few seconds unless given. */
  readonly headersTimeoutMs?: number;
}

/** Posts packets to another gateway. Whatever keeps an answer from coming is a transient LinkError. */
export class HttpClient {
  readonly #base: URL;
  readonly #pool: Pool;

  constructor(url: string) {
    this.#base = new URL(url.endsWith('/') ? url : `${url}/`);
    this.#pool = new Pool(this.#base.origin, {
      connections: CONNECTIONS_MAX,
      pipelining: 1,
      connect: { timeout: CONNECT_TIMEOUT_MS },
      headersTimeout: HEADERS_TIMEOUT_MS,
      bodyTimeout: BODY_TIMEOUT_MS,
    });
  }

  /** @param path below the address of the gateway: v1/link/messages */
  async post(path: string, { headers, bytes }: Packet, options: PostOptions): Promise<HttpAnswer> {
    const { contentType = 'application/json' } = options;
    try {
      const answer = await this.#pool.request({
        method: 'POST',
        path: new URL(path, this.#base).pathname,
        headers: { ...headers, 'content-type': contentType, accept: 'application/json' },
        body: bytes,
        signal: options.signal,
        headersTimeout: options.headersTimeoutMs ?? HEADERS_TIMEOUT_MS,
      });
      const retryAfter = answer.headers['retry-after'];
      return {
        status: answer.statusCode,
        headers: answer.headers,
        retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined,
        bytes: await bounded(answer.body, options.answerBytesMax),
      };
    } catch (error) {
      throw error instanceof LinkError ? error : new LinkError('transient', reasonOf(error));
    }
  }

  close(): Promise<void> {
    return this.#pool.destroy();
  }
}

/** Reads an answer, but no more of it than it can be long. */
async function bounded(body: AsyncIterable<Buffer>, bytesMax: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > bytesMax) throw new LinkError('transient', 'the answer is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Why no answer came: the code of the system or of undici, which names no address or person. */
function reasonOf(error: unknown): string {
  const { code, name } = error as { code?: string; name?: string };
  return `no answer: ${code ?? name ?? 'unknown'}`;
}
