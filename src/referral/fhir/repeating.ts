import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Ids } from '../../clock.ts';
import type { Answer, Idempotency, Manner, UnitWork } from '../../http/idempotency.ts';
import { ConstraintError, type Store } from '../../store/port.ts';
import { baseOf, outcomeOf, sendResource, weakEtag } from './face.ts';
import type { Resource } from './resource.ts';

export interface RepeatingParts {
  readonly store: Store;
  readonly ids: Ids;
  readonly idempotency: Idempotency;
}

/** FHIR's manner of speaking, for what is kept under an Idempotency-Key. */
const FHIR: Manner = {
  mediaOf: () => 'application/fhir+json',
  refusalOf: outcomeOf,
  headersOf: (request, status, text) => headersOf(baseOf(request), status, JSON.parse(text) as Resource),
};

/** Where a resource is found and which version it has, as headers say it. */
export function headersOf(
  base: string,
  status: number,
  resource: Resource,
): { etag?: string; location?: string } {
  const { resourceType, id, meta } = resource;
  const version = meta?.versionId;
  if (id === undefined || version === undefined) return {};
  const location = `${base}/${resourceType}/${id}/_history/${version}`;
  return { etag: weakEtag(version), ...(status === 201 ? { location } : {}) };
}

/**
 * Does the work of a request in one unit, with the answer to its Idempotency-Key where it has one. What another
 * request did at the same moment, under the same condition, is found by preparing once more.
 */
export async function inOneUnit(
  parts: RepeatingParts,
  request: FastifyRequest,
  reply: FastifyReply,
  prepare: () => Promise<UnitWork>,
): Promise<FastifyReply> {
  const attempt = () => attemptInOneUnit(parts, request, reply, prepare);
  try {
    return await attempt();
  } catch (error) {
    if (error instanceof ConstraintError) return attempt();
    throw error;
  }
}

async function attemptInOneUnit(
  { store, ids, idempotency }: RepeatingParts,
  request: FastifyRequest,
  reply: FastifyReply,
  prepare: () => Promise<UnitWork>,
): Promise<FastifyReply> {
  reply.serializer(JSON.stringify);
  if (hasKey(request)) return idempotency.together(request, reply, prepare, FHIR);
  const work = await prepare();
  const id = ids.next();
  const { answer, after } = await store.write((unit) => work(unit, id));
  after();
  reply.headers(answer.headers ?? {});
  return sendResource(reply.code(answer.status), answer.body as Resource);
}

/** The same for work of several units, which finds by its id what it had done. */
export async function inSteps(
  { ids, idempotency }: RepeatingParts,
  request: FastifyRequest,
  reply: FastifyReply,
  work: (id: string) => Promise<Answer>,
): Promise<FastifyReply> {
  reply.serializer(JSON.stringify);
  if (hasKey(request)) {
    return idempotency.run(request, reply, ({ resourceId }) => work(resourceId), FHIR);
  }
  const { status, body } = await work(ids.next());
  return sendResource(reply.code(status), body as Resource);
}

function hasKey({ headers }: FastifyRequest): boolean {
  return headers['idempotency-key'] !== undefined;
}
