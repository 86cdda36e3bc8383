import cors from '@fastify/cors';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** The only paths that pages from elsewhere are answered at. */
const SHARED = /^\/v1\/(compat|readers|readings|events)(?=[/?]|$)/;

const PREFLIGHT_VALID_S = 600;

const sharing = {
  methods: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'],
  allowedHeaders: [
    'authorization',
    'content-type',
    'accept-language',
    'idempotency-key',
    'if-match',
    'last-event-id',
  ],
  exposedHeaders: ['etag', 'location', 'retry-after', 'x-request-id', 'x-yikatong-sandbox'],
  maxAge: PREFLIGHT_VALID_S,
};

/**
 * Lets browser pages of the listed origins, and no others, read what the card side answers. Comes before the guard,
 * since a preflight carries no key: it says what may be asked, and asks nothing.
 */
export async function shareWithOrigins(app: FastifyInstance, origins: ReadonlySet<string>): Promise<void> {
  if (origins.size === 0) return;
  const originOf = ({ url, headers }: FastifyRequest) =>
    SHARED.test(url) && headers.origin !== undefined && origins.has(headers.origin) ? headers.origin : false;
  app.addHook('onRequest', (request, reply, done) => {
    // Chrome before 142 asks so when a public page calls a private network; later ones ask the person.
    const asksPrivate = request.headers['access-control-request-private-network'] === 'true';
    if (request.method === 'OPTIONS' && asksPrivate && originOf(request) !== false) {
      reply.header('access-control-allow-private-network', 'true');
    }
    done();
  });
  await app.register(cors, {
    delegator: (request, done) => done(null, { ...sharing, origin: originOf(request) }),
  });
}
