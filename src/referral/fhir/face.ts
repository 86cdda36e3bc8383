import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Fault } from '../../errors.ts';
import { failureOf } from '../../http/problem.ts';
import { operationOutcomeOf } from './operation-outcome.ts';
import type { Resource } from './resource.ts';

export const FHIR_JSON = 'application/fhir+json; charset=utf-8';
export const PREFIX = '/fhir';

/** Gives everything below /fhir the manners of FHIR: its media type in and out, and an OperationOutcome for each failure. */
export function speakFhir(app: FastifyInstance): void {
  app.addContentTypeParser(
    ['application/fhir+json', 'application/json-patch+json'],
    { parseAs: 'string' },
    app.getDefaultJsonParser('error', 'error'),
  );
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, new URLSearchParams(String(body))),
  );
  app.addHook('onRequest', (request, _reply, done) => {
    done(takesJson(request) ? undefined : new Fault('fhir.format'));
  });
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const fault = failureOf(error, request);
    return sendOutcome(reply, request, fault);
  });
  app.setNotFoundHandler((request, reply) => sendOutcome(reply, request, new Fault('fhir.not-found')));
}

/** FHIR JSON, or anything that JSON satisfies; FHIR names versions and other parameters behind a semicolon. */
function takesJson(request: FastifyRequest): boolean {
  const format = new URLSearchParams(request.url.split('?')[1] ?? '').get('_format');
  if (format !== null) return /^(json|application\/(fhir\+)?json)\b/.test(format.replaceAll(' ', '+'));
  const accept = request.headers.accept;
  return accept === undefined || /\*\/\*|application\/\*|application\/(fhir\+)?json/i.test(accept);
}

function sendOutcome(reply: FastifyReply, request: FastifyRequest, fault: Fault): FastifyReply {
  if (fault.context.retryAfterS !== undefined) reply.header('retry-after', fault.context.retryAfterS);
  return sendResource(reply.code(fault.kind.status), outcomeOf(fault, request));
}

/** A refusal in the words of FHIR. */
export function outcomeOf(fault: Fault, request: FastifyRequest): Resource {
  const english = /^\s*en\b/i.test(request.headers['accept-language'] ?? '');
  const receiving =
    request.routeOptions.config.scope !== undefined &&
    /\$process-message$/.test(request.routeOptions.url ?? '');
  return operationOutcomeOf(fault, { english, receiving });
}

/** Sends a resource as it stands: FHIR's own rules are its schema. */
export function sendResource(reply: FastifyReply, resource: Resource): FastifyReply {
  return reply.type(FHIR_JSON).serializer(JSON.stringify).send(resource);
}

/** A version as FHIR's ETag has it. */
export function weakEtag(version: string): string {
  return `W/"${version}"`;
}

/** Where this server stands, as the caller sees it. */
export function baseOf(request: FastifyRequest): string {
  return `${request.protocol}://${request.host}${PREFIX}`;
}
