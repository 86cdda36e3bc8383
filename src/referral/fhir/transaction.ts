import type { Caller } from '../../access/caller.ts';
import { timestampOf } from '../../clock.ts';
import { Fault } from '../../errors.ts';
import type { UnitWork } from '../../http/idempotency.ts';
import { ENTRIES_MAX, packageOf } from './pack.ts';
import { type Bundle, type Entry, isObject } from './resource.ts';
import type { FhirWrites, Placed } from './writes.ts';

/** The entries of a Bundle of a type, within the limit. */
export function entriesOf(bundle: unknown, type: string): Entry[] {
  if (!isObject(bundle) || bundle.resourceType !== 'Bundle' || bundle.type !== type) {
    throw new Fault('fhir.bundle', { pointer: '/body/type', detail: `a Bundle of type ${type} is expected` });
  }
  const { entry } = bundle;
  if (!Array.isArray(entry) || !entry.every(isObject)) {
    throw new Fault('fhir.bundle', { pointer: '/body/entry', detail: 'no entries' });
  }
  if (entry.length > ENTRIES_MAX) {
    throw new Fault('fhir.too-many-entries', {
      pointer: '/body/entry',
      facts: { entries: entry.length, most: ENTRIES_MAX },
    });
  }
  return entry as Entry[];
}

/** A transaction: one referral from all its resources, or nothing. Answers the work of it. */
export async function planTransaction(writes: FhirWrites, by: Caller, bundle: unknown): Promise<UnitWork> {
  const entries = entriesOf(bundle, 'transaction');
  const conditions: string[] = [];
  for (const [index, { request, resource }] of entries.entries()) {
    const type = resource?.resourceType;
    if (!isObject(request) || request.method !== 'POST' || request.url !== type) {
      const detail = 'POST to the type of the resource is expected';
      throw new Fault('fhir.bundle', { pointer: `/body/entry/${index}/request`, detail });
    }
    if (typeof request.ifNoneExist === 'string' && (type === 'ServiceRequest' || type === 'Task'))
      conditions.push(`${type}?${request.ifNoneExist}`);
  }
  const plan = await writes.plan(by, packageOf(entries, '/body/entry'), conditions);
  return async (unit, id) => {
    if (plan.known) return { answer: answerOf(plan.known), after: () => undefined };
    const placed = await plan.place(unit, id);
    return { answer: answerOf(placed), after: placed.after };
  };
}

function answerOf(placed: Placed): { status: number; body: Bundle } {
  const body: Bundle = { resourceType: 'Bundle', type: 'transaction-response', entry: responsesOf(placed) };
  return { status: 200, body };
}

function responsesOf({ row, created, places }: Placed): Entry[] {
  const lastModified = timestampOf(row.updated_at);
  return places.map((place) => {
    const versioned = /^(Task|ServiceRequest)\//.test(place);
    const version = versioned ? String(row.version) : '1';
    return {
      response: {
        status: created ? '201 Created' : '200 OK',
        location: `${place}/_history/${version}`,
        ...(versioned ? { etag: `W/"${version}"` } : {}),
        lastModified,
      },
    };
  });
}
