export { isPublicAddress, webhookUrlOf } from './webhooks/rules.ts';

/** One call of a webhook. */
export interface WebhookCall {
  readonly url: URL;
  /** webhook-id: the event's, the same at every attempt. */
  readonly id: string;
  readonly body: Buffer;
  readonly secret: Buffer;
  /** Whether the host may be anywhere: it is on the list of this gateway. Otherwise only public addresses are called. */
  readonly anywhere: boolean;
}

export interface WebhookAnswer {
  readonly status: number;
  /** What the answer asks to wait, where it does. */
  readonly retryAfterMs?: number | undefined;
}

/** How a webhook is called. */
export interface WebhookCaller {
  /** Throws a `WebhookCallError` where there was no answer. Redirects are answers, and are not followed. */
  call(call: WebhookCall, signal: AbortSignal): Promise<WebhookAnswer>;
  close(): Promise<void>;
}

/** There was no answer; the message says why and may be shown: it holds nothing that came from the other side. */
export class WebhookCallError extends Error {
  override name = 'WebhookCallError';
}
