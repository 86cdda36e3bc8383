import type { FastifyError, FastifyRequest } from 'fastify';
import { callerOf } from '../../access/caller.ts';
import { Fault } from '../../errors.ts';
import { failureOf } from '../../http/problem.ts';
import { versionOf } from '../../http/version.ts';
import { ConstraintError } from '../../store/port.ts';
import { addressed } from './attachment-documents.ts';
import { type CreationParts, planServiceRequest, sendNote } from './creations.ts';
import { baseOf, outcomeOf } from './face.ts';
import { checked } from './pack.ts';
import { headersOf, type RepeatingParts } from './repeating.ts';
import { type Bundle, type Entry, isObject, type Resource } from './resource.ts';
import { parametersOf, SEARCH, type SearchType } from './search.ts';
import { runSearch, type SearchParts } from './searches.ts';
import { requestCancellation, updateTask } from './task-updates.ts';
import { entriesOf } from './transaction.ts';

export interface BatchParts extends CreationParts, RepeatingParts, SearchParts {}

interface Done {
  readonly status: 200 | 201;
  readonly resource: Resource;
}

/** A batch: each entry on its own, one after another; what one is refused changes nothing for the others. */
export async function runBatch(parts: BatchParts, request: FastifyRequest, id: string): Promise<Bundle> {
  const entries = entriesOf(request.body, 'batch');
  const answers: Entry[] = [];
  for (const [index, entry] of entries.entries()) {
    try {
      answers.push(answered(request, await runEntry(parts, request, entry, entryId(id, index))));
    } catch (error) {
      const fault = failureOf(error as FastifyError, request);
      const outcome = outcomeOf(fault, request);
      answers.push({ response: { status: String(fault.kind.status), outcome } });
    }
  }
  return { resourceType: 'Bundle', type: 'batch-response', entry: answers };
}

/** What an entry creates is named after the batch and its place in it, the same on every repeat. */
function entryId(id: string, index: number): string {
  return id.slice(0, -3) + index.toString(16).padStart(3, '0');
}

function answered(request: FastifyRequest, { status, resource }: Done): Entry {
  const { etag, location } = headersOf(baseOf(request), status, resource);
  return {
    resource,
    response: {
      status: status === 201 ? '201 Created' : '200 OK',
      ...(location === undefined ? {} : { location }),
      ...(etag === undefined ? {} : { etag }),
      ...(resource.meta?.lastUpdated === undefined ? {} : { lastModified: resource.meta.lastUpdated }),
    },
  };
}

async function runEntry(
  parts: BatchParts,
  request: FastifyRequest,
  { request: asked, resource }: Entry,
  id: string,
): Promise<Done> {
  const by = callerOf(request);
  const { method, url } = isObject(asked) ? asked : {};
  const [path = '', query = ''] = String(url).split(/\?(.*)/s);
  const [type = '', target, ...more] = path.split('/');
  if (more.length > 0) throw unknown(method, url);
  if (method === 'GET') {
    if (!request.client.scopes.has('referral:read'))
      throw new Fault('access.forbidden', { facts: { scope: 'referral:read' } });
    if (target !== undefined) {
      const found = await parts.reads.read(by, type, target);
      return { status: 200, resource: addressed(found, baseOf(request)) };
    }
    if (!Object.hasOwn(SEARCH, type)) throw unknown(method, url);
    const searched = type as SearchType;
    const parameters = parametersOf(new URLSearchParams(query), searched);
    return { status: 200, resource: await runSearch(parts, by, searched, parameters, baseOf(request)) };
  }
  const ifMatch = typeof asked?.ifMatch === 'string' ? asked.ifMatch : undefined;
  const version = versionOf({ headers: { 'if-match': ifMatch } });
  const body = checked(resource, '/body');
  if (method === 'PUT' && type === 'Task' && body.resourceType === 'Task' && body.id === target) {
    const update = { id: target!, eventId: id, version, change: () => body };
    return { status: 200, resource: await updateTask(parts, by, update) };
  }
  if (method !== 'POST' || target !== undefined || body.resourceType !== type) throw unknown(method, url);
  switch (type) {
    case 'Task':
      return {
        status: 201,
        resource: await requestCancellation(parts, by, body, { eventId: id, version }),
      };
    case 'Communication':
      return { status: 201, resource: await sendNote(parts, by, body, id) };
    case 'ServiceRequest':
      return createAlone(parts, request, body, asked?.ifNoneExist, id);
    default:
      throw unknown(method, url);
  }
}

/** In a unit of its own; what another request did under the same condition at the same moment is found by a second look. */
async function createAlone(
  parts: BatchParts,
  request: FastifyRequest,
  body: Resource,
  condition: string | undefined,
  id: string,
): Promise<Done> {
  const attempt = async (): Promise<Done> => {
    const where = { condition, base: baseOf(request) };
    const work = await planServiceRequest(parts, callerOf(request), body, where);
    const { answer, after } = await parts.store.write((unit) => work(unit, id));
    after();
    return { status: answer.status as 200 | 201, resource: answer.body as Resource };
  };
  return attempt().catch((error: unknown) => {
    if (error instanceof ConstraintError) return attempt();
    throw error;
  });
}

function unknown(method: unknown, url: unknown): Fault {
  const detail = `${String(method).slice(0, 10)} ${String(url).split('?')[0]!.slice(0, 60)} is not offered in a batch`;
  return new Fault('fhir.bundle', { pointer: '/body/entry', detail });
}
