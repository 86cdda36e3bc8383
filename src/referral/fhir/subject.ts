import type { RequestMessage } from '../../../schemas/referral.ts';
import type { Vault } from '../../access/vault.ts';
import { Fault } from '../../errors.ts';
import type { Store } from '../../store/port.ts';
import { bodyPurpose, personOf, type ReferralBody } from '../model.ts';
import { personOfPatientId } from './dossier.ts';
import { documentIn, personIn } from './incoming-patient.ts';
import { at, textAt } from './look-in.ts';
import type { Package, Resolver } from './pack.ts';
import { newestOfPerson } from './queries.ts';
import { isObject } from './resource.ts';

/** Whom a package is about. */
export interface Subject {
  readonly patient: RequestMessage['patient'];
  /** The keyed hash of their document. */
  readonly person: string;
  /** How the request refers to them, where it does so by reference. */
  readonly reference: string | undefined;
}

/**
 * The patient of a package: one that it brings or contains, one that is known here, or a logical reference with
 * identifier and display. A reference that leads nowhere is refused, even where only one patient could be meant.
 */
export async function subjectOf(
  { store, vault }: { readonly store: Store; readonly vault: Vault },
  given: Package,
  resolver: Resolver,
): Promise<Subject> {
  const { resource: request, pointer } = given.serviceRequest;
  const where = `${pointer}/subject`;
  const reference = textAt(request, 'subject', 'reference');
  agree(given, resolver, reference);
  const patient = await patientOf();
  return { patient, person: personOf(vault, patient.identity), reference };

  async function patientOf(): Promise<RequestMessage['patient']> {
    const brought = resolver.resource(request.subject, request);
    if (brought?.resourceType === 'Patient') return personIn(brought, given.patient?.pointer ?? where);
    const person = personOfPatientId(reference?.split('/').at(-1) ?? '');
    const row = person === undefined ? undefined : await store.one(newestOfPerson, { person });
    if (row) return vault.openJson<ReferralBody>(bodyPurpose(row.id), row.body).patient;
    const identifier = at(request, 'subject', 'identifier');
    const name = textAt(request, 'subject', 'display');
    if (reference === undefined && isObject(identifier) && name !== undefined) {
      return { identity: { ...documentIn([identifier], where), name } };
    }
    throw new Fault('fhir.resource', { pointer: where, detail: 'leads to no patient' });
  }
}

/** Request, task and patient must be of one person. */
function agree({ patient, task }: Package, resolver: Resolver, subject: string | undefined): void {
  const leads = (reference: string | undefined) =>
    reference === undefined ? undefined : (resolver.part(reference)?.pointer ?? reference);
  const meant = leads(subject);
  if (patient && meant !== patient.pointer) {
    throw new Fault('fhir.resource', {
      pointer: patient.pointer,
      detail: 'ServiceRequest.subject is somebody else',
    });
  }
  const beneficiary = leads(textAt(task?.resource, 'for', 'reference'));
  if (
    beneficiary !== undefined &&
    meant !== undefined &&
    beneficiary !== meant &&
    !subject?.startsWith('#')
  ) {
    throw new Fault('fhir.resource', {
      pointer: `${task!.pointer}/for`,
      detail: 'Task.for and ServiceRequest.subject differ',
    });
  }
}
