import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { maskError } from '../access/masking.ts';
import { type ErrorCode, Fault, textsOf } from '../errors.ts';
import { RouteList } from './route-list.ts';

/** The body of an answer that is not 2xx, in the language asked for (Chinese unless English comes first). */
export function problemOf(
  fault: Fault,
  request: Pick<FastifyRequest, 'id' | 'headers'> & Partial<Pick<FastifyRequest, 'routeOptions'>>,
  sandbox: boolean,
): Record<string, unknown> {
  const { kind, code, context } = fault;
  // Whatever another organisation's gateway is refused with, it is refused by us, the receiver.
  const hop = kind.hop ?? (request.routeOptions?.config?.scope === 'link' ? 'REC_' : undefined);
  const { title, next } = textsOf(kind, wantsEnglish(request.headers['accept-language']), hop);
  return {
    type: `urn:yikatong:problem:${code}`,
    title,
    status: kind.status,
    code,
    ...(context.detail === undefined ? {} : { detail: context.detail }),
    next,
    place: kind.place,
    ...(hop === undefined ? {} : { hop }),
    again: kind.again,
    ...(context.pointer === undefined ? {} : { pointer: context.pointer }),
    ...(context.facts === undefined ? {} : { facts: context.facts }),
    requestId: request.id,
    ...(sandbox ? { sandbox: true } : {}),
  };
}

/** Whether English comes first in `Accept-Language`. */
export function wantsEnglish(header: string | undefined): boolean {
  return header !== undefined && /^\s*en\b/i.test(header);
}

/**
 * Answers every failure as problem+json; what is not a Fault is a bug, logged, and told to nobody. Comes before the
 * routes, which it must know to tell a wrong method from a wrong path.
 */
export function answerProblems(app: FastifyInstance, sandbox: boolean): void {
  const routes = new RouteList(app);
  app.setErrorHandler((error: FastifyError, request, reply) => answerError(error, request, reply, sandbox));
  app.setNotFoundHandler((request, reply) => {
    const methods = routes.methodsOf(request.url);
    // Below a folder of files, an unknown name is an unknown path, though the folder takes the method.
    if (methods.length === 0 || methods.includes(request.method))
      return send(reply, request, new Fault('request.unknown-route'), sandbox);
    reply.header('allow', methods.join(', '));
    return send(reply, request, new Fault('request.method'), sandbox);
  });
}

/** Answers what Fastify or a handler threw; also given to Fastify for what it refuses before it knows the route. */
export function answerError(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
  sandbox: boolean,
): FastifyReply {
  return send(reply, request, failureOf(error, request), sandbox);
}

/** What was thrown as a Fault; a failure of ours is logged on the way. For faces that answer in another form. */
export function failureOf(error: FastifyError, request: FastifyRequest): Fault {
  const fault = faultOf(error);
  const isFailure = fault.kind.status >= 500 && fault.kind.place === 'gateway';
  if (isFailure && fault.code !== 'gateway.stopping') tellFailure(request, fault);
  return fault;
}

function tellFailure(request: FastifyRequest, fault: Fault): void {
  const err = maskError(fault.cause ?? fault);
  request.log.error({ requestId: request.id, code: fault.code, err }, 'unexpected failure');
}

function send(reply: FastifyReply, request: FastifyRequest, fault: Fault, sandbox: boolean): FastifyReply {
  // What Fastify refuses before it knows the route passes no hook that would set these.
  reply.header('x-request-id', request.id);
  if (sandbox) reply.header('x-yikatong-sandbox', 'true');
  if (fault.context.retryAfterS !== undefined) reply.header('retry-after', fault.context.retryAfterS);
  return reply
    .code(fault.kind.status)
    .type('application/problem+json; charset=utf-8')
    .serializer(JSON.stringify)
    .send(problemOf(fault, request, sandbox));
}

/** Fastify's own refusals, by its code. */
const fastifyCodes: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_BAD_URL: 'request.unknown-route',
  FST_ERR_MAX_PARAM_LENGTH: 'request.unknown-route',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'request.media-type',
  FST_ERR_CTP_BODY_TOO_LARGE: 'request.too-large',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'request.malformed',
  FST_ERR_CTP_INVALID_JSON_BODY: 'request.malformed',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'request.malformed',
  FST_ERR_REOPENED_CLOSE_SERVER: 'gateway.stopping',
};

function faultOf(error: FastifyError): Fault {
  if (error instanceof Fault) return error;
  if (error.validation) return invalid(error);
  const code = fastifyCodes[error.code];
  if (code) return new Fault(code);
  if (error.statusCode === 429) return new Fault('request.rate');
  if (error.statusCode === 400) return new Fault('request.malformed');
  // A folder of files says so of a name it can't give.
  if (error.statusCode === 403 || error.statusCode === 404) return new Fault('request.unknown-route');
  return new Fault('gateway.fault', {}, error);
}

/** A field name from outside is repeated in the pointer, but not without end. */
const FIELD_NAME_LENGTH_MAX = 100;

function invalid(error: FastifyError): Fault {
  const first = error.validation?.[0];
  const field = first?.params.additionalProperty ?? first?.params.missingProperty;
  const last = field === undefined ? '' : `/${escapePointer(String(field).slice(0, FIELD_NAME_LENGTH_MAX))}`;
  return new Fault('request.invalid', {
    pointer: `/${error.validationContext ?? 'body'}${first?.instancePath ?? ''}${last}`,
    detail: `${first?.keyword ?? 'schema'}: ${first?.message ?? 'does not match'}`,
  });
}

/** RFC 6901, section 3. */
function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
