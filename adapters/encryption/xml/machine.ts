import { Pool } from 'undici';
import type { EncryptionMachine } from '../../../src/card/port.ts';
import { Fault } from '../../../src/errors.ts';
import { ANSWER_BYTES_MAX, type Fields, fieldsOf } from './answer.ts';
import { authenticationAnswer, authenticationXml, keyedAnswer, keyedXml } from './message.ts';

/** A card waits on the reader meanwhile, and a person beside it. */
const TIMEOUT_MS = 5_000;
const CONNECT_TIMEOUT_MS = 3_000;
const CONNECTIONS_MAX = 8;

/** The answers of what stands before the service and does not reach it. */
const NOT_REACHED: ReadonlySet<number> = new Set([502, 503, 504]);

export interface XmlEncryptionMachineOptions {
  readonly url: string;
  /** From sending to the last byte of the answer. */
  readonly timeoutMs?: number | undefined;
}

/**
 * The encryption machine behind its XML service: one POST a request, never repeated, on a connection of its own, since
 * one that was kept may have died between two patients. Fault `encryption.unreachable` where no answer came,
 * `encryption.refused` where it holds no result.
 */
export function createXmlEncryptionMachine(
  options: XmlEncryptionMachineOptions,
): EncryptionMachine & { close(): Promise<void> } {
  const { timeoutMs = TIMEOUT_MS } = options;
  const url = new URL(options.url);
  const pool = new Pool(url.origin, {
    connections: CONNECTIONS_MAX,
    pipelining: 0,
    connect: { timeout: Math.min(CONNECT_TIMEOUT_MS, timeoutMs) },
  });

  async function post(xml: string): Promise<Fields> {
    const { bytes, contentType, status } = await answerTo(xml).catch((error: unknown) => {
      throw error instanceof Fault ? error : unreachable(reasonOf(error, timeoutMs), error);
    });
    if (NOT_REACHED.has(status)) throw unreachable(`HTTP ${status}`);
    if (status !== 200) throw new Fault('encryption.refused', { detail: `HTTP ${status}` });
    return fieldsOf(bytes, contentType);
  }

  async function answerTo(body: string) {
    const {
      statusCode,
      headers,
      body: stream,
    } = await pool.request({
      method: 'POST',
      path: url.pathname + url.search,
      headers: { 'content-type': 'text/xml; charset=UTF-8', accept: 'text/xml, application/xml' },
      body,
      signal: AbortSignal.timeout(timeoutMs),
    });
    const contentType = String(headers['content-type'] ?? '');
    return { status: statusCode, contentType, bytes: await bounded(stream) };
  }

  return {
    authenticate: async (request) => authenticationAnswer(request, await post(authenticationXml(request))),
    keyed: async (request) => keyedAnswer(await post(keyedXml(request))),
    close: () => pool.destroy(),
  };
}

async function bounded(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    length += chunk.length;
    if (length > ANSWER_BYTES_MAX)
      throw new Fault('encryption.refused', { detail: 'the answer is too long' });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function unreachable(detail: string, cause?: unknown): Fault {
  return new Fault('encryption.unreachable', { detail }, cause);
}

/** The code of the system or of undici, which names no address. */
function reasonOf(error: unknown, timeoutMs: number): string {
  const { code, name } = error as { code?: unknown; name?: unknown };
  if (name === 'TimeoutError') return `no answer within ${timeoutMs} ms`;
  return `no answer: ${typeof code === 'string' ? code : String(name)}`;
}
