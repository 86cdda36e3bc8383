import { Pool } from 'undici';
import type { OrganisationConfiguration } from '../../../schemas/configuration.ts';
import type { Clock } from '../../../src/clock.ts';
import { encodeEnvelope, RECEIVER_HEADER, SENDER_HEADER } from '../../../src/delivery/envelope.ts';
import { type Link, LinkError, type Message, type Receipt } from '../../../src/delivery/port.ts';
import { linkSecretOf, signatureOf } from '../../../src/delivery/signature.ts';
import { ANSWER_BYTES_MAX, answerError, receiptOf } from './answers.ts';

/** Time-outs of one step each; the caller's signal bounds the whole. */
const CONNECT_TIMEOUT_MS = 5_000;
const HEADERS_TIMEOUT_MS = 15_000;
const BODY_TIMEOUT_MS = 5_000;
/** Connections kept to one organisation. */
const CONNECTIONS_MAX = 8;

export interface HttpLinkParts {
  /** The organisation at the other end, with a link of kind http. */
  readonly organisation: OrganisationConfiguration;
  /** The code of our own organisation. */
  readonly ownCode: string;
  /** The shared secret: `whsec_` and base64. */
  readonly secret: string;
  readonly clock: Clock;
}

/**
 * The way to another gateway over HTTP: `POST {url}/v1/link/messages`, signed as Standard Webhooks. What is personal
 * travels in the body, so in production the URL is https.
 */
export function createHttpLink(parts: HttpLinkParts): Link {
  const { organisation, ownCode, clock } = parts;
  if (!organisation.link) throw new Error(`organisation ${organisation.code} has no link`);
  const secret = linkSecretOf(parts.secret);
  const url = new URL(`${organisation.link.url.replace(/\/+$/, '')}/v1/link/messages`);
  const pool = new Pool(url.origin, {
    connections: CONNECTIONS_MAX,
    pipelining: 1,
    connect: { timeout: CONNECT_TIMEOUT_MS },
    headersTimeout: HEADERS_TIMEOUT_MS,
    bodyTimeout: BODY_TIMEOUT_MS,
  });

  async function send(message: Message, signal: AbortSignal): Promise<Receipt> {
    const body = encodeEnvelope(message);
    const timestampS = Math.floor(clock.now() / 1_000);
    const answer = await post(body, signal, {
      'content-type': 'application/json',
      accept: 'application/json',
      [SENDER_HEADER]: ownCode,
      [RECEIVER_HEADER]: organisation.code,
      'webhook-id': message.id,
      'webhook-timestamp': String(timestampS),
      'webhook-signature': signatureOf(secret, message.id, timestampS, body),
    });
    if (answer.status !== 200 && answer.status !== 201) throw answerError(answer);
    return receiptOf(answer.bytes, message.id);
  }

  async function post(body: Buffer, signal: AbortSignal, headers: Record<string, string>) {
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

  return { organisation: organisation.code, send, close: () => pool.destroy() };
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
