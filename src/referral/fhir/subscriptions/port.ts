import type { Result } from '../../../result.ts';

/** One call of a subscriber. */
export interface HookCall {
  readonly url: URL;
  /** Whether the host may be anywhere: it is on the list of this gateway. Otherwise only public addresses are called. */
  readonly anywhere: boolean;
  /** What the subscriber wants with each call, such as a credential of its own. */
  readonly headers: Readonly<Record<string, string>>;
  readonly contentType: string;
  readonly body: string | undefined;
}

/** How rest-hooks are called. */
export interface RestHooks {
  /** Whether an address may be called at all, and why not. */
  judge(url: string): Result<{ readonly url: URL; readonly anywhere: boolean }, string>;
  /** Rejects where there was no answer; the message may be shown. Redirects are answers, and are not followed. */
  call(
    call: HookCall,
    signal: AbortSignal,
  ): Promise<{ readonly status: number; readonly retryAfterMs?: number | undefined }>;
}
