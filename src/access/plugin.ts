import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Fault } from '../errors.ts';
import type { Client, ClientDirectory, Scope } from './clients.ts';
import type { LiveSession } from './users/queries.ts';
import { assertOwnPage, clientOfSession, tokenOf } from './users/session.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who calls. Set for every route that names a scope. */
    client: Client;
    /** Where somebody is signed in at a page. Set for requests of such pages. */
    session?: LiveSession;
  }
  interface FastifyInstance {
    /** Whether the sandbox answers here; every answer says so. */
    sandbox: boolean;
  }
  interface FastifyContextConfig {
    /** The scope a caller needs, or why none is needed; `session` is for whoever is signed in at a page. Every route names one; a test sees to it. */
    scope?: Scope | 'public' | 'link' | 'session';
    /** Whether the route says by itself what a browser may do with its answer: the gateway's own pages. */
    ownHeaders?: boolean;
    /** Whether browser pages of the listed origins may call, with a key or without; pages of others may not. */
    pages?: boolean;
  }
}

/** Browser pages that may use what is open to pages. */
export interface PageAccess {
  /** `http://10.0.0.8:8080`; compared exactly. */
  readonly origins: ReadonlySet<string>;
  /** As whom a page of these acts that sends no key; none of them may without one where it is absent. */
  readonly client?: Client | undefined;
}

export const NO_PAGES: PageAccess = { origins: new Set() };

/** Finds who is signed in at a page. */
export interface Sessions {
  /** What whoever is signed in may do besides what the roles say; nothing outside of the sandbox. */
  readonly everybodyMay?: readonly Scope[] | undefined;
  sessionOf(token: string): Promise<LiveSession | undefined>;
}

/** The subprotocol of our WebSockets, and how a page, which can set no header, puts its key behind it. */
export const SUBPROTOCOL = 'yikatong';
const KEY_PROTOCOL = /(?:^|,)\s*yikatong\.([\w-]{1,200})\s*(?:,|$)/;

/** Where the documentation's own pages live, which belong to a library and name no scope. */
export const DOCUMENTATION_PREFIX = '/docs';

/**
 * Lets in only those who may: a known key, with the scope the route names. A route that names none would be open to
 * everybody, so it stops the start. A browser page names its origin: where pages may call, one that is not listed is
 * refused whatever key it has, before anything is touched.
 */
export function guardRoutes(
  app: FastifyInstance,
  clients: ClientDirectory,
  pages: PageAccess = NO_PAGES,
  sessions?: Sessions,
): void {
  app.decorateRequest('client');
  app.decorateRequest('session');
  app.addHook('onRoute', ({ method, url, config }) => {
    if (config?.scope === undefined && !isDocumentation(url)) {
      throw new Error(`the route ${String(method)} ${url} names no scope`);
    }
  });
  app.addHook('onRequest', (request, _reply, done) => {
    const scope = request.routeOptions.config.scope;
    if (scope === undefined || scope === 'public' || scope === 'link') return done();
    const token = sessions && tokenOf(request.headers);
    if (sessions && token !== undefined) {
      letIn(request, scope, sessions, token).then(() => done(), done);
      return;
    }
    if (scope === 'session') return done(new Fault('access.signed-out'));
    const client = request.routeOptions.config.pages
      ? clientOfPage(request, clients, pages)
      : clients.find(bearerOf(request));
    if (client === 'of-another-origin') return done(new Fault('compat.origin'));
    if (!client) return done(new Fault('access.unknown-key'));
    if (!client.scopes.has(scope)) return done(new Fault('access.forbidden', { facts: { scope } }));
    request.client = client;
    return done();
  });
}

/** Lets in whoever is signed in at a page of the gateway's own. */
async function letIn(
  request: FastifyRequest,
  scope: Scope | 'session',
  sessions: Sessions,
  token: string,
): Promise<void> {
  assertOwnPage(request);
  const session = await sessions.sessionOf(token);
  if (!session) throw new Fault('access.signed-out');
  request.session = session;
  request.client = clientOfSession(session, sessions.everybodyMay);
  if (scope === 'session') return;
  if (session.must_change) throw new Fault('access.password-change');
  if (!request.client.scopes.has(scope)) throw new Fault('access.forbidden', { facts: { scope } });
}

/** Whether a URL belongs to the documentation's own pages. */
export function isDocumentation(url: string): boolean {
  return url === DOCUMENTATION_PREFIX || url.startsWith(`${DOCUMENTATION_PREFIX}/`);
}

function clientOfPage(
  request: FastifyRequest,
  clients: ClientDirectory,
  { origins, client }: PageAccess,
): Client | 'of-another-origin' | undefined {
  const { origin } = request.headers;
  if (origin !== undefined && !origins.has(origin)) return 'of-another-origin';
  const key = bearerOf(request) || keyOfProtocols(request.headers['sec-websocket-protocol']);
  const sendsNone = key === '' && request.headers.authorization === undefined;
  return origin !== undefined && sendsNone ? client : clients.find(key);
}

function keyOfProtocols(header: string | undefined): string {
  return KEY_PROTOCOL.exec(header ?? '')?.[1] ?? '';
}

function bearerOf(request: FastifyRequest): string {
  return /^Bearer +(\S{1,200})$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
}
