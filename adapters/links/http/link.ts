import { Pool } from 'undici';
import { type Link, LinkError, type Message, type Pack, type Receipt } from '../../../src/delivery/port.ts';
import { ANSWER_BYTES_MAX, answerError, receiptOf } from './answers.ts';

/** Time-outs of one step each; the caller's signal bounds the whole. */
const CONNECT_TIMEOUT_MS = 5_000;
const HEADERS_TIMEOUT_MS = 15_000;
const BODY_TIMEOUT_MS = 5_000;
/** Connections kept to one organisation. */
const CONNECTIONS_MAX = 8;

export interface HttpLinkParts {
  /** The code of the organisation at the other end. */
  readonly organisation: string;
  readonly url: string;
  readonly pack: Pack;
}

/**
 * The way to another gateway over HTTP: `POST {url}/v1/link/messages`, signed as Standard Webhooks. What is personal
 * travels in the body, so in production the URL is https.
 */
export function createHttpLink({ organisation, pack, ...parts }: HttpLinkParts): Link {
  const url = new URL(`${parts.url.replace(/\/+$/, '')}/v1/link/messages`);
  const pool = new Pool(url.origin, {
    connections: CONNECTIONS_MAX,
    pipelining: 1,
    connect: { timeout: CONNECT_TIMEOUT_MS },
    headersTimeout: HEADERS_TIMEOUT_MS,
    bodyTimeout: BODY_TIMEOUT_MS,
  });

  async function send(message: Message, signal: AbortSignal): Promise<Receipt> {
    const { headers, bytes } = pack(message);
    const answer = await post(bytes, signal, {
      ...headers,
      'content-type': 'application/json',
      accept: 'application/json',
    });
    if (answer.status !== 200 && answer.status !== 201) throw answerError(answer);
    return receiptOf(answer.bytes, message.id);
  }

  async function post(body: Buffer, signal: AbortSignal, headers: Record<string, string | undefined>) {
    try {
      const answer = await pool.request({ method: 'POST', path: url.pathname, headers, body, signal });
      const retryAfter = answer.headers['retry-after'];
      return {
        status: answer.statusCode,
        retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined,
        bytes: await bounded(answer.body),
      };
    } catch (error) {
      throw error instanceof LinkError ? error : new LinkError('transient', reasonOf(error));
    }
  }

  return { organisation, send, close: () => pool.destroy() };
}

/** Reads an answer, but no more of it than a receipt or a problem can be long. */
async function bounded(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > ANSWER_BYTES_MAX) throw new LinkError('transient', 'the answer is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Why no answer came: the code of the system or of undici, which names no address or person. */
function reasonOf(error: unknown): string {
  const { code, name } = error as { code?: string; name?: string };
  return `no answer: ${code ?? name ?? 'unknown'}`;
}
