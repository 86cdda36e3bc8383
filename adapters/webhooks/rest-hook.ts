import type { Agent } from 'undici';
import { webhookUrlOf } from '../../src/events/port.ts';
import type { Result } from '../../src/result.ts';
import { ANSWER_BYTES_MAX, agents, reasonOf, retryAfterOf } from './http.ts';

/** One call: where to, what with. The shape is that of RestHooks in src/referral/fhir/subscriptions/port.ts. */
interface HookCall {
  readonly url: URL;
  readonly anywhere: boolean;
  readonly headers: Readonly<Record<string, string>>;
  readonly contentType: string;
  readonly body: string | undefined;
}

/** Calls the rest-hooks of FHIR subscriptions: at public https addresses, or at hosts on the gateway's own list. */
export class HttpRestHooks {
  readonly #hosts: readonly string[];
  readonly #agents: { readonly anywhere: Agent; readonly public: Agent } = agents();

  constructor(hosts: readonly string[]) {
    this.#hosts = hosts;
  }

  judge(url: string): Result<{ readonly url: URL; readonly anywhere: boolean }, string> {
    return webhookUrlOf(url, this.#hosts);
  }

  async call({ url, anywhere, headers, contentType, body }: HookCall, signal: AbortSignal) {
    try {
      const answer = await (anywhere ? this.#agents.anywhere : this.#agents.public).request({
        origin: url.origin,
        path: `${url.pathname}${url.search}`,
        method: 'POST',
        headers: { 'user-agent': 'yikatong-subscriptions/1', ...headers, 'content-type': contentType },
        ...(body === undefined ? {} : { body }),
        signal,
      });
      await answer.body.dump({ limit: ANSWER_BYTES_MAX }).catch(() => undefined);
      return {
        status: answer.statusCode,
        retryAfterMs: retryAfterOf(answer.headers['retry-after'], Date.now()),
      };
    } catch (error) {
      throw new Error(reasonOf(error));
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#agents.anywhere.destroy(), this.#agents.public.destroy()]);
  }
}
