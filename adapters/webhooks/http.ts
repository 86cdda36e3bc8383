import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { Agent, type Dispatcher } from 'undici';
import type { Clock } from '../../src/clock.ts';
import { signatureOf } from '../../src/delivery/signature.ts';
import {
  isPublicAddress,
  type WebhookAnswer,
  type WebhookCall,
  WebhookCallError,
  type WebhookCaller,
} from '../../src/events/port.ts';

const CONNECT_TIMEOUT_MS = 5_000;
const ANSWER_TIMEOUT_MS = 15_000;
/** Nobody reads what a webhook answers; this much is taken off the line so that it can be used again. */
export const ANSWER_BYTES_MAX = 16 * 1024;

/** Calls webhooks over HTTP, signed as Standard Webhooks. */
export class HttpWebhookCaller implements WebhookCaller {
  /** Two, since a connection that is open to a private address must never serve a call that may not go there. */
  readonly #anywhere: Agent;
  readonly #public: Agent;
  readonly #clock: Clock;

  /** @param isPublic whether an address may be called that is not on the gateway's list */
  constructor(clock: Clock, isPublic = isPublicAddress) {
    this.#clock = clock;
    this.#anywhere = agentWith({});
    this.#public = agentWith({ lookup: publicLookup(isPublic) });
  }

  async call({ url, id, body, secret, anywhere }: WebhookCall, signal: AbortSignal): Promise<WebhookAnswer> {
    const timestampS = Math.floor(this.#clock.now() / 1_000);
    try {
      const {
        statusCode,
        headers,
        body: answer,
      } = await (anywhere ? this.#anywhere : this.#public).request({
        origin: url.origin,
        path: `${url.pathname}${url.search}`,
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'user-agent': 'yikatong-webhooks/1',
          'webhook-id': id,
          'webhook-timestamp': String(timestampS),
          'webhook-signature': signatureOf(secret, id, timestampS, body),
        },
        body,
        signal,
      });
      await answer.dump({ limit: ANSWER_BYTES_MAX }).catch(() => undefined);
      return { status: statusCode, retryAfterMs: retryAfterOf(headers['retry-after'], this.#clock.now()) };
    } catch (error) {
      throw new WebhookCallError(reasonOf(error));
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#anywhere.destroy(), this.#public.destroy()]);
  }
}

/** For hosts on the gateway's list, and for everybody else, who must be at public addresses. */
export function agents(isPublic = isPublicAddress): { readonly anywhere: Agent; readonly public: Agent } {
  return { anywhere: agentWith({}), public: agentWith({ lookup: publicLookup(isPublic) }) };
}

function agentWith(connect: { lookup?: LookupFunction }): Agent {
  return new Agent({
    connections: 8,
    pipelining: 1,
    headersTimeout: ANSWER_TIMEOUT_MS,
    bodyTimeout: ANSWER_TIMEOUT_MS,
    connect: { timeout: CONNECT_TIMEOUT_MS, ...connect },
  });
}

/** Looks a name up and keeps the public addresses alone, so that a name can't be pointed inside afterwards. */
function publicLookup(isPublic: (address: string) => boolean): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '');
      const allowed = addresses.filter(({ address }) => isPublic(address));
      const first = allowed[0];
      if (!first) return callback(Object.assign(new Error('no public address'), { code: PRIVATE }), '');
      if (options.all) return callback(null, allowed);
      return callback(null, first.address, first.family);
    });
  };
}

const PRIVATE = 'EPRIVATE';

/** Seconds, or a date. */
export function retryAfterOf(
  header: Dispatcher.ResponseData['headers'][string],
  now: number,
): number | undefined {
  const text = Array.isArray(header) ? header[0] : header;
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

/** Why there was no answer, by the code of the failure alone: its message may hold words of the other side. */
export function reasonOf(error: unknown): string {
  const { code, name } = error as { code?: unknown; name?: unknown };
  if (code === PRIVATE) return 'not called: the name leads into a private network';
  if (name === 'TimeoutError') return 'no answer in time';
  const known = typeof code === 'string' && /^[A-Z0-9_]{1,50}$/.test(code) ? code : 'failed';
  return `no answer: ${known}`;
}
