import { createHash } from 'node:crypto';
import type { Caller } from '../../access/caller.ts';
import { Fault } from '../../errors.ts';
import type { UnitWork } from '../../http/idempotency.ts';
import type { ReferralService } from '../service.ts';
import { listAt, textAt } from './look-in.ts';
import { packageOfOne } from './pack.ts';
import { headersOf } from './repeating.ts';
import type { Resource } from './resource.ts';
import { referenceId } from './search.ts';
import type { FhirReads } from './service.ts';
import { serviceRequestOf } from './service-request.ts';
import type { FhirWrites } from './writes.ts';

export interface CreationParts {
  readonly reads: FhirReads;
  readonly writes: FhirWrites;
  readonly referrals: ReferralService;
}

/** A referral from a ServiceRequest and what it contains; where the condition fits already, the one that is there. */
export async function planServiceRequest(
  { reads, writes }: CreationParts,
  by: Caller,
  body: unknown,
  { condition, base }: { readonly condition: string | undefined; readonly base: string },
): Promise<UnitWork> {
  const conditions = condition === undefined ? [] : [`ServiceRequest?${condition}`];
  const plan = await writes.plan(by, packageOfOne(body), conditions);
  const answerWith = (status: 200 | 201, resource: Resource) => {
    return { status, body: resource, headers: headersOf(base, 201, resource) };
  };
  if (plan.known) {
    const there = await reads.read(by, 'ServiceRequest', plan.known.row.id);
    return async () => ({ answer: answerWith(200, there), after: () => undefined });
  }
  return async (unit, id) => {
    const { dossier, after } = await plan.place(unit, id);
    return { answer: answerWith(201, serviceRequestOf(await dossier())), after };
  };
}

/** An interim note to the other side. `fresh` names it where it has no business identifier of its own. */
export async function sendNote(
  { reads, referrals }: CreationParts,
  by: Caller,
  communication: Resource,
  fresh: string,
): Promise<Resource> {
  const id = referralIn(communication);
  const text = listAt(communication, 'payload')
    .flatMap((each) => textAt(each, 'contentString') ?? [])
    .join('\n');
  if (text === '') throw new Fault('fhir.resource', { pointer: '/body/payload', detail: 'no contentString' });
  const eventId = eventIdOf(by.client, id, communication) ?? fresh;
  const { version } = await referrals.get(by, id);
  await referrals.act(by, eventId, id, version, { type: 'note', text });
  return reads.read(by, 'Communication', eventId);
}

function referralIn(communication: Resource): string {
  const task = textAt(communication, 'partOf', 0, 'reference');
  if (task !== undefined) return referenceId('partOf', task, 'Task');
  const request = textAt(communication, 'basedOn', 0, 'reference');
  if (request !== undefined) return referenceId('basedOn', request, 'ServiceRequest');
  throw new Fault('fhir.resource', { pointer: '/body/partOf', detail: 'partOf names the Task' });
}

/** The same business identifier makes the same event, so that a repeat finds what it had done. */
function eventIdOf(client: string, referral: string, communication: Resource): string | undefined {
  const system = textAt(communication, 'identifier', 0, 'system');
  const value = textAt(communication, 'identifier', 0, 'value');
  if (system === undefined || value === undefined) return undefined;
  return createHash('sha256')
    .update(JSON.stringify([client, referral, system, value]))
    .digest('hex');
}
