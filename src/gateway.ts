import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import fastifyWebsocket from '@fastify/websocket';
import Fastify, { type FastifyInstance, type FastifyPluginAsync, LogController } from 'fastify';
import type { Logger } from 'pino';
import type { ClientDirectory } from './access/clients.ts';
import { maskError } from './access/masking.ts';
import {
  DOCUMENTATION_PREFIX,
  guardRoutes,
  isDocumentation,
  NO_PAGES,
  type PageAccess,
  type Sessions,
  SUBPROTOCOL,
} from './access/plugin.ts';
import type { Ids } from './clock.ts';
import { Fault } from './errors.ts';
import { shareWithOrigins } from './http/cross-origin.ts';
import { describeRoute } from './http/description.ts';
import { refuseDeepBodies } from './http/nesting.ts';
import { answerError, answerProblems } from './http/problem.ts';
import { refuseWhenStopping } from './http/stopping.ts';
import { answerUnreadable } from './http/unreadable.ts';
import { validateStrictly } from './http/validation.ts';

/** Limits of the HTTP face. */
const BODY_BYTES_MAX = 1_048_576;
const REQUEST_TIMEOUT_MS = 30_000;
const PARAMETER_LENGTH_MAX = 200;

/** Limits of its WebSockets. */
const SOCKET_MESSAGE_BYTES_MAX = 131_072;
const SOCKET_CLOSE_WITHIN_MS = 2_000;
const UPGRADE_WITHIN_MS = 10_000;

export interface GatewayParts {
  readonly logger: Logger;
  readonly ids: Ids;
  readonly clients: ClientDirectory;
  /** Requests one client may make in a minute. */
  readonly requestsPerMinuteMax: number;
  /** Browser pages from elsewhere that may use the readers; none unless given. */
  readonly pages?: PageAccess;
  /** Who is signed in at the gateway's own pages; nobody unless given. */
  readonly sessions?: Sessions;
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
    http: { shouldUpgradeCallback: asksForWebSocket },
    logController: new LogController({ disableRequestLogging: true }),
    // Its own refusal while it stops is no problem+json; `refuseWhenStopping` gives ours.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    clientErrorHandler: (error, socket) =>
      answerUnreadable(error, socket, { requestId: parts.ids.next(), sandbox: parts.sandbox }),
    // A logger of its own for each request costs more than its one line; the line names the request instead.
    childLoggerFactory: (logger) => logger,
    frameworkErrors: (error, request, reply) => answerError(error, request, reply, parts.sandbox),
    routerOptions: { maxParamLength: PARAMETER_LENGTH_MAX, ignoreTrailingSlash: false },
  }) as unknown as FastifyInstance;
  app.decorate('sandbox', parts.sandbox);
  validateStrictly(app);
  refuseDeepBodies(app);
  answerProblems(app, parts.sandbox);
  app.addHook('onRoute', (route) => {
    if (isPage(route.url)) route.helmet = {};
  });
  await takeWebSockets(app);
  await app.register(helmet, { global: false });
  await app.register(rateLimit, {
    max: parts.requestsPerMinuteMax,
    timeWindow: 60_000,
    // Who is within the limit needs no figures of it.
    addHeaders: { 'x-ratelimit-limit': false, 'x-ratelimit-remaining': false, 'x-ratelimit-reset': false },
    // A key nobody knows is refused before it is counted, so that made-up keys buy no further requests.
    keyGenerator: (request) => request.client?.id ?? request.ip,
    errorResponseBuilder: (_request, context) =>
      new Fault('request.rate', { retryAfterS: Math.ceil(context.ttl / 1000) }),
  });
  tellRequests(app, parts.sandbox);
  refuseWhenStopping(app);
  await shareWithOrigins(app, (parts.pages ?? NO_PAGES).origins);
  guardRoutes(app, parts.clients, parts.pages, parts.sessions);
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
      components: {
        securitySchemes: {
          key: { type: 'http', scheme: 'bearer' },
          session: {
            type: 'apiKey',
            in: 'cookie',
            name: 'yikatong_session',
            description: '地址带端口时,名字后加 _端口 / `_` and the port behind it where the address has one',
          },
        },
      },
    },
    transform: describeRoute,
  });
  await app.register(swaggerUi, { routePrefix: DOCUMENTATION_PREFIX, staticCSP: true });
  for (const feature of parts.features) await app.register(feature);
  app.get('/openapi.json', { config: { scope: 'public' }, schema: { hide: true } }, async () =>
    app.swagger(),
  );
  return app;
}

/**
 * WebSockets for the features: once for all of them, since each registration would take every upgrade to itself, and
 * before the guards, whose refusal must end the connection too.
 */
async function takeWebSockets(app: FastifyInstance): Promise<void> {
  await app.register(fastifyWebsocket, {
    options: socketOptions,
    // A line that breaks, or a frame that no WebSocket has: nothing to tell but the code.
    errorHandler: (error, socket, request) => {
      request.log.info({ requestId: request.id, err: maskError(error) }, 'a WebSocket failed');
      socket.terminate();
    },
  });
  // Nobody else looks after a connection whose upgrade comes to nothing; one that does come about has no such limit.
  app.server.on('upgrade', (_request, socket: Socket) => {
    socket.setTimeout(UPGRADE_WITHIN_MS, () => socket.destroy());
  });
}

/** Java's own HTTP client asks for h2c with every request, and is answered as if it had not. */
function asksForWebSocket({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket';
}

/** Compression would cost each connection more memory than all the rest of it. */
const socketOptions = {
  perMessageDeflate: false,
  maxPayload: SOCKET_MESSAGE_BYTES_MAX,
  closeTimeout: SOCKET_CLOSE_WITHIN_MS,
  // Ours where it is offered, so that the one with the key in it is not said back.
  handleProtocols: (offered: Set<string>) =>
    offered.has(SUBPROTOCOL) ? SUBPROTOCOL : ([...offered][0] ?? false),
};

/** What a browser shows to a person gets the full set of security headers; data gets the few that matter to it. */
function isPage(url: string): boolean {
  return url === '/' || isDocumentation(url);
}

const DATA_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
};

/** An answer that took longer is worth a line in the log. */
const SLOW_MS = 1_000;

/**
 * A log line for each answer: never a URL's query, a body or a header. What went well and swiftly is told at debug:
 * metrics count it, the audit trail and the journal name it.
 */
function tellRequests(app: FastifyInstance, sandbox: boolean): void {
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    if (sandbox) reply.header('x-yikatong-sandbox', 'true');
    const { url = '', config } = request.routeOptions;
    if (!isPage(url) && !config.ownHeaders) reply.headers(DATA_HEADERS);
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    const notable = reply.statusCode >= 400 || reply.elapsedTime > SLOW_MS;
    request.log[notable ? 'info' : 'debug'](
      {
        requestId: request.id,
        method: request.method,
        route: request.routeOptions.url ?? 'unknown',
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime * 10) / 10,
        client: request.client?.id,
      },
      'answered',
    );
    done();
  });
}
