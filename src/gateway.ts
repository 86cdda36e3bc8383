import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import Fastify, { type FastifyInstance, type FastifyPluginAsync, LogController } from 'fastify';
import type { Logger } from 'pino';
import type { ClientDirectory } from './access/clients.ts';
import { DOCUMENTATION_PREFIX, guardRoutes } from './access/plugin.ts';
import type { Ids } from './clock.ts';
import { Fault } from './errors.ts';
import { answerError, answerProblems } from './http/problem.ts';
import { validateStrictly } from './http/validation.ts';

/** Limits of the HTTP face. */
const BODY_BYTES_MAX = 1_048_576;
const REQUEST_TIMEOUT_MS = 30_000;
const PARAMETER_LENGTH_MAX = 200;

export interface GatewayParts {
  readonly logger: Logger;
  readonly ids: Ids;
  readonly clients: ClientDirectory;
  /** Requests one client may make in a minute. */
  readonly requestsPerMinuteMax: number;
  readonly sandbox: boolean;
  readonly version: string;
  /** The features' routes, in the order of the two journeys. */
  readonly features: readonly FastifyPluginAsync[];
}

/** The Fastify application: its guards, then the features' routes, then their documentation. */
export async function buildGateway(parts: GatewayParts): Promise<FastifyInstance> {
  const app = Fastify({
    loggerInstance: parts.logger,
    genReqId: () => parts.ids.next(),
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_TIMEOUT_MS,
    logController: new LogController({ disableRequestLogging: true }),
    return503OnClosing: true,
    forceCloseConnections: 'idle',
    frameworkErrors: (error, request, reply) => answerError(error, request, reply, parts.sandbox),
    routerOptions: { maxParamLength: PARAMETER_LENGTH_MAX, ignoreTrailingSlash: false },
  }) as unknown as FastifyInstance;
  app.decorate('sandbox', parts.sandbox);
  validateStrictly(app);
  answerProblems(app, parts.sandbox);
  await app.register(helmet);
  await app.register(rateLimit, {
    max: parts.requestsPerMinuteMax,
    timeWindow: 60_000,
    // A key nobody knows is refused before it is counted, so that made-up keys buy no further requests.
    keyGenerator: (request) => request.client?.id ?? request.ip,
    errorResponseBuilder: (_request, context) =>
      new Fault('request.rate', { retryAfterS: Math.ceil(context.ttl / 1000) }),
  });
  guardRoutes(app, parts.clients);
  tellRequests(app, parts.sandbox);
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: '一卡通网关 Yikatong',
        version: parts.version,
        description:
          '读卡、医保结算、双向转诊的网关 / The gateway for cards, settlements and referrals of primary care.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
      security: [{ key: [] }],
    },
  });
  await app.register(swaggerUi, { routePrefix: DOCUMENTATION_PREFIX, staticCSP: true });
  for (const feature of parts.features) await app.register(feature);
  app.get('/openapi.json', { config: { scope: 'public' }, schema: { hide: true } }, async () =>
    app.swagger(),
  );
  return app;
}

/** One log line for each answer: never a URL's query, a body or a header. */
function tellRequests(app: FastifyInstance, sandbox: boolean): void {
  app.addHook('onSend', async (request, reply) => {
    reply.header('x-request-id', request.id);
    if (sandbox) reply.header('x-yikatong-sandbox', 'true');
  });
  app.addHook('onResponse', async (request, reply) => {
    request.log.info(
      {
        method: request.method,
        route: request.routeOptions.url ?? 'unknown',
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime * 10) / 10,
        client: request.client?.id,
      },
      'answered',
    );
  });
}
