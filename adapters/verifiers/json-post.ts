import { Pool } from 'undici';
import { Fault } from '../../src/errors.ts';

/** Of one step each; the caller's signal bounds the whole. */
const CONNECT_TIMEOUT_MS = 5_000;
const ANSWER_TIMEOUT_MS = 10_000;
/** Codes are shown at desks, one a minute each. */
const CONNECTIONS_MAX = 8;
/** An answer names one person. */
const ANSWER_BYTES_MAX = 64 * 1024;

type Fields = Readonly<Record<string, unknown>>;

/** Posts JSON to one service and reads the object it answers. Nothing of either stands in a fault. */
export class JsonPost {
  readonly #pool: Pool;
  readonly #base: string;

  /** @param url what every path is put behind */
  constructor(url: string) {
    const { origin, pathname } = new URL(url);
    this.#base = pathname.replace(/\/+$/, '');
    this.#pool = new Pool(origin, {
      connections: CONNECTIONS_MAX,
      pipelining: 1,
      connect: { timeout: CONNECT_TIMEOUT_MS },
      headersTimeout: ANSWER_TIMEOUT_MS,
      bodyTimeout: ANSWER_TIMEOUT_MS,
    });
  }

  /** Fault `code.unreachable` for whatever is not an answer of 2xx with a JSON object, of a size and in time. */
  async post(path: string, body: object, signal: AbortSignal): Promise<Fields> {
    const answer = await this.#send(path, JSON.stringify(body), signal);
    if (answer.status < 200 || answer.status > 299) throw unreachable(`HTTP ${answer.status}`);
    const value = objectOf(answer.text);
    if (!value) throw unreachable('the answer is no JSON object');
    return value;
  }

  close(): Promise<void> {
    return this.#pool.destroy();
  }

  async #send(path: string, body: string, signal: AbortSignal) {
    try {
      const { statusCode, body: stream } = await this.#pool.request({
        method: 'POST',
        path: `${this.#base}${path}` || '/',
        headers: { 'content-type': 'application/json; charset=utf-8', accept: 'application/json' },
        body,
        signal,
      });
      return { status: statusCode, text: await bounded(stream) };
    } catch (error) {
      if (error instanceof Fault) throw error;
      const { code, name } = error as { code?: string; name?: string };
      throw unreachable(`no answer: ${code ?? name ?? 'unknown'}`);
    }
  }
}

/** An object, or one that is written as text within JSON, as some services have it. */
export function objectOf(value: unknown): Fields | undefined {
  if (typeof value !== 'string') return isFields(value) ? value : undefined;
  try {
    const parsed: unknown = JSON.parse(value);
    return isFields(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** A service's own result code, where it is one: anything else may be words about somebody. */
export function answerOf(code: unknown): string {
  const text = typeof code === 'number' || typeof code === 'string' ? String(code) : '';
  return /^-?[0-9A-Za-z]{1,6}$/.test(text) ? text : 'unknown';
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

async function bounded(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > ANSWER_BYTES_MAX) throw unreachable('the answer is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function unreachable(detail: string): Fault {
  return new Fault('code.unreachable', { detail });
}
