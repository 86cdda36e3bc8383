import type { FastifyRequest } from 'fastify';
import { Fault } from '../../errors.ts';
import { USER_PREFIX } from '../caller.ts';
import type { Client } from '../clients.ts';
import type { LiveSession } from './queries.ts';
import { scopesOf } from './roles.ts';
import { rolesOf, SESSION_MS } from './service.ts';

const NAME = 'yikatong_session';
const TOKEN = new RegExp(`(?:^|;\\s*)${NAME}=([\\w-]{43})(?:;|$)`);

const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** The cookie's token; none where the caller shows a key, which then counts. */
export function tokenOf({ cookie, authorization }: FastifyRequest['headers']): string | undefined {
  return authorization === undefined ? TOKEN.exec(cookie ?? '')?.[1] : undefined;
}

/** The cookie of a session: for this gateway's own pages, out of reach of scripts; an empty token takes it away. */
export function cookieOf(token: string, { secure }: { secure: boolean }): string {
  const seconds = token === '' ? 0 : SESSION_MS / 1000;
  return `${NAME}=${token}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
}

/** What somebody who is signed in may do is what the roles say now, not what they said at the sign-in. */
export function clientOfSession(session: LiveSession): Client {
  return { id: USER_PREFIX + session.name, keyHash: '', scopes: scopesOf(rolesOf(session)) };
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
