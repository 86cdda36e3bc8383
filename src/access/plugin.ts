import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Fault } from '../errors.ts';
import type { Client, ClientDirectory, Scope } from './clients.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who calls. Set for every route that names a scope. */
    client: Client;
  }
  interface FastifyInstance {
    /** Whether the sandbox answers here; every answer says so. */
    sandbox: boolean;
  }
  interface FastifyContextConfig {
    /** The scope a caller needs, or why none is needed. Every route names one; a test sees to it. */
    scope?: Scope | 'public' | 'link';
  }
}

/** Where the documentation's own pages live, which belong to a library and name no scope. */
export const DOCUMENTATION_PREFIX = '/docs';

/**
 * Lets in only those who may: a known key, with the scope the route names. A route that names none would be open to
 * everybody, so it stops the start.
 */
export function guardRoutes(app: FastifyInstance, clients: ClientDirectory): void {
  app.decorateRequest('client');
  app.addHook('onRoute', ({ method, url, config }) => {
    if (config?.scope === undefined && !isDocumentation(url)) {
      throw new Error(`the route ${String(method)} ${url} names no scope`);
    }
  });
  app.addHook('onRequest', (request, _reply, done) => {
    const scope = request.routeOptions.config.scope;
    if (scope === undefined || scope === 'public' || scope === 'link') return done();
    const client = clients.find(bearerOf(request));
    if (!client) return done(new Fault('access.unknown-key'));
    if (!client.scopes.has(scope)) return done(new Fault('access.forbidden', { facts: { scope } }));
    request.client = client;
    return done();
  });
}

/** Whether a URL belongs to the documentation's own pages. */
export function isDocumentation(url: string): boolean {
  return url === DOCUMENTATION_PREFIX || url.startsWith(`${DOCUMENTATION_PREFIX}/`);
}

function bearerOf(request: FastifyRequest): string {
  return /^Bearer +(\S{1,200})$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
}
