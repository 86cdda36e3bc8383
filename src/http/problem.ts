import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type ErrorCode, Fault, errorTable } from '../errors.ts';

/** The body of an answer that is not 2xx, in the language asked for (Chinese unless English comes first). */
export function problemOf(fault: Fault, request: FastifyRequest, sandbox: boolean): Record<string, unknown> {
  const { kind, code, context } = fault;
  const [title, next] = wantsEnglish(request.headers['accept-language']) ? kind.en : kind.zh;
  return {
    type: `urn:yikatong:problem:${code}`,
    title,
    status: kind.status,
    code,
    ...(context.detail === undefined ? {} : { detail: context.detail }),
    next,
    place: kind.place,
    again: kind.again,
    ...(context.pointer === undefined ? {} : { pointer: context.pointer }),
    ...(context.facts === undefined ? {} : { facts: context.facts }),
    requestId: request.id,
    ...(sandbox ? { sandbox: true } : {}),
  };
}

function wantsEnglish(header: string | undefined): boolean {
  return header !== undefined && /^\s*en\b/i.test(header);
}

/** Answers every failure as problem+json; what is not a Fault is a bug, logged, and told to nobody. */
export function answerProblems(app: FastifyInstance, sandbox: boolean): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const fault = faultOf(error);
    if (fault.code === 'gateway.fault') {
      request.log.error({ err: { type: error.name, stack: error.stack } }, 'unexpected failure');
    }
    return send(reply, request, fault, sandbox);
  });
  app.setNotFoundHandler((request, reply) =>
    send(reply, request, new Fault(methodKnown(app, request) ? 'request.method' : 'request.unknown-route'), sandbox),
  );
}

function send(reply: FastifyReply, request: FastifyRequest, fault: Fault, sandbox: boolean) {
  if (fault.context.retryAfterS !== undefined) reply.header('retry-after', fault.context.retryAfterS);
  return reply
    .code(fault.kind.status)
    .type('application/problem+json; charset=utf-8')
    .serializer(JSON.stringify)
    .send(problemOf(fault, request, sandbox));
}

/** Whether this path exists under another method. */
function methodKnown(app: FastifyInstance, request: FastifyRequest): boolean {
  const path = request.url.split('?')[0] ?? '';
  return (['GET', 'POST', 'PUT', 'DELETE'] as const).some(
    (method) => method !== request.method && app.findRoute({ method, url: path }) !== null,
  );
}

/** Fastify's own refusals, by its code. */
const fastifyCodes: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'request.media-type',
  FST_ERR_CTP_BODY_TOO_LARGE: 'request.too-large',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'request.malformed',
  FST_ERR_CTP_INVALID_JSON_BODY: 'request.malformed',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'request.malformed',
  FST_ERR_REOPENED_CLOSE_SERVER: 'gateway.stopping',
};

function faultOf(error: FastifyError): Fault {
  if (error instanceof Fault) return error;
  if (error.validation) {
    const first = error.validation[0];
    const place = first?.instancePath ?? '';
    const extra = first?.params.additionalProperty ?? first?.params.missingProperty;
    const pointer = `/${error.validationContext ?? 'body'}${place}${extra === undefined ? '' : `/${String(extra)}`}`;
    return new Fault('request.invalid', {
      pointer,
      detail: `${first?.keyword ?? 'schema'}: ${first?.message ?? 'does not match'}`,
    });
  }
  const code = fastifyCodes[error.code];
  if (code) return new Fault(code);
  if (error.statusCode === 429) return new Fault('request.rate');
  if (error instanceof SyntaxError || error.statusCode === 400) return new Fault('request.malformed');
  return new Fault('gateway.fault', {}, error);
}

/** For the generated page of errors. */
export function allErrors(): [ErrorCode, (typeof errorTable)[ErrorCode]][] {
  return Object.entries(errorTable) as [ErrorCode, (typeof errorTable)[ErrorCode]][];
}
