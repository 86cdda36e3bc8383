import type { FastifyRequest } from 'fastify';
import { Fault } from '../../errors.ts';
import { USER_PREFIX } from '../caller.ts';
import type { Client, Scope } from '../clients.ts';
import type { LiveSession } from './queries.ts';
import { scopesOf } from './roles.ts';
import { rolesOf, SESSION_MS } from './service.ts';

const NAME = 'yikatong_session';
const TOKENS = /(?:^|;\s*)(yikatong_session(?:_\d{1,5})?)=([\w-]{43})(?=;|$)/g;

const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** The cookie's token; none where the caller shows a key, which then counts. */
export function tokenOf({ cookie, authorization, host }: FastifyRequest['headers']): string | undefined {
  if (authorization !== undefined || cookie === undefined) return undefined;
  const own = nameAt(host);
  for (const [, name, token] of cookie.matchAll(TOKENS)) if (name === own) return token;
  return undefined;
}

/** The cookie of a session: for this gateway's own pages, out of reach of scripts; an empty token takes it away. */
export function cookieOf(
  token: string,
  { host, secure }: { readonly host: string | undefined; readonly secure: boolean },
): string {
  const seconds = token === '' ? 0 : SESSION_MS / 1000;
  return `${nameAt(host)}=${token}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
}

/**
 * Browsers tell cookies apart by host alone. Two gateways at one host, such as the sandbox's, would sign each other's
 * people out; so the port, where the address names one, is part of the name.
 */
function nameAt(host = ''): string {
  const port = /:(\d{1,5})$/.exec(host)?.[1];
  return port === undefined ? NAME : `${NAME}_${port}`;
}

/** What somebody who is signed in may do is what the roles say now, not what they said at the sign-in. */
export function clientOfSession(session: LiveSession, everybodyMay: readonly Scope[] = []): Client {
  const scopes = new Set([...scopesOf(rolesOf(session)), ...everybodyMay]);
  return { id: USER_PREFIX + session.name, keyHash: '', scopes };
}

/**
 * A browser sends the cookie whichever page asks. What changes anything is therefore taken from our own pages only:
 * the browser says where a request comes from, and no page can make it lie. Fault `access.cross-site`.
 */
export function assertOwnPage({ method, headers }: Pick<FastifyRequest, 'method' | 'headers'>): void {
  if (SAFE.has(method)) return;
  const { origin, host, 'sec-fetch-site': site } = headers;
  if (site === 'same-origin') return;
  if (site === undefined && origin !== undefined && hostOf(origin) === host) return;
  throw new Fault('access.cross-site');
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
