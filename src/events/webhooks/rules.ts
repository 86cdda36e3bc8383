import ipaddr from 'ipaddr.js';
import { err, ok, type Result } from '../../result.ts';

/**
 * How long is waited after each failed attempt: the schedule that Standard Webhooks gives as its example. The tenth
 * failure is the last; by then three days have passed.
 */
export const DELAYS_MS: readonly number[] = [
  5_000,
  5 * 60_000,
  30 * 60_000,
  2 * 3_600_000,
  5 * 3_600_000,
  10 * 3_600_000,
  14 * 3_600_000,
  20 * 3_600_000,
  24 * 3_600_000,
];
export const ATTEMPTS_MAX = DELAYS_MS.length + 1;

/** The longest a webhook may ask to be left alone. */
const RETRY_AFTER_MAX_MS = 24 * 3_600_000;
/** How long a webhook is left alone that is overloaded and does not say for how long. */
const THROTTLED_MS = 30_000;

/** What an answer, or none, means for the delivery and for the webhook. */
export type Verdict =
  | { readonly is: 'delivered' }
  /** 410: it is not to be called any more. */
  | { readonly is: 'gone' }
  | { readonly is: 'dead' }
  /** `pauseMs`: how long the whole webhook is left alone. */
  | { readonly is: 'retry'; readonly delayMs: number; readonly pauseMs: number };

/**
 * @param attempt which attempt it was, from 1
 * @param random from 0 to 1; moves the delay by up to a fifth, so that what failed together does not come back together
 */
export function verdictOf(
  answer: { readonly status: number; readonly retryAfterMs?: number | undefined } | undefined,
  attempt: number,
  random: number,
): Verdict {
  const status = answer?.status ?? 0;
  if (status >= 200 && status < 300) return { is: 'delivered' };
  if (status === 410) return { is: 'gone' };
  const delay = DELAYS_MS[attempt - 1];
  if (delay === undefined) return { is: 'dead' };
  const asked = Math.min(answer?.retryAfterMs ?? 0, RETRY_AFTER_MAX_MS);
  const throttled = status === 429 || status === 502 || status === 504;
  const pauseMs = throttled ? Math.max(asked, THROTTLED_MS) : asked;
  return { is: 'retry', delayMs: Math.max(Math.round(delay * (0.8 + 0.4 * random)), pauseMs), pauseMs };
}

/** Whether everybody may be sent there: neither this machine, nor a private network, nor anything special. */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  return ipaddr.process(address).range() === 'unicast';
}

/** A host, or host:port, of the gateway's own list. */
function isListed({ host, hostname }: URL, hosts: readonly string[]): boolean {
  return hosts.some((listed) => listed.toLowerCase() === host || listed.toLowerCase() === hostname);
}

/**
 * Whether a webhook may be at this address: https and public, or on the list. Somebody who may register webhooks must
 * not reach what only the gateway can reach. A name is looked up when it is called, and judged again by its address.
 */
export function webhookUrlOf(
  text: string,
  hosts: readonly string[],
): Result<{ readonly url: URL; readonly anywhere: boolean }, string> {
  if (!URL.canParse(text)) return err('is no URL');
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return err('is neither https nor http');
  if (url.username !== '' || url.password !== '') return err('holds a name or a password');
  if (url.hash !== '') return err('holds a fragment');
  if (isListed(url, hosts)) return ok({ url, anywhere: true });
  if (url.protocol !== 'https:') return err('is not https, and its host is not in events.webhookHosts');
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  const inside = ipaddr.isValid(hostname) ? !isPublicAddress(hostname) : !/[^.]\.[^.]/.test(hostname);
  if (inside || /(^|\.)localhost$/.test(hostname)) {
    return err('is within a private network, and its host is not in events.webhookHosts');
  }
  return ok({ url, anywhere: false });
}

/** Whether a webhook wants an event of this type. */
export function wants(types: readonly string[], type: string): boolean {
  return types.length === 0 || types.includes(type);
}
