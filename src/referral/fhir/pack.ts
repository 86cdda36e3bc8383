import { Fault } from '../../errors.ts';
import { badNarrative } from './narrative.ts';
import { type Entry, isObject, type Reference, type Resource } from './resource.ts';

/** More entries than a referral with all its records has. */
export const ENTRIES_MAX = 200;

/** What may come with a referral and is kept as it is; its content is the sender's. */
export const KEPT_TYPES = [
  'AllergyIntolerance',
  'Appointment',
  'Binary',
  'Bundle',
  'CarePlan',
  'Composition',
  'Condition',
  'Consent',
  'Coverage',
  'DiagnosticReport',
  'DocumentReference',
  'Encounter',
  'HealthcareService',
  'Immunization',
  'ImagingStudy',
  'Location',
  'Medication',
  'MedicationRequest',
  'MedicationStatement',
  'Observation',
  'Organization',
  'Practitioner',
  'PractitionerRole',
  'Procedure',
  'QuestionnaireResponse',
  'RelatedPerson',
  'Specimen',
] as const;

const kept: ReadonlySet<string> = new Set(KEPT_TYPES);

/** One resource of a package, and where in the request it stands. */
export interface Part {
  readonly resource: Resource;
  readonly pointer: string;
  readonly fullUrl: string | undefined;
}

/** The resources that make one referral. */
export interface Package {
  readonly serviceRequest: Part;
  readonly task: Part | undefined;
  readonly patient: Part | undefined;
  readonly others: readonly Part[];
  /** The same resources in the order in which they came. */
  readonly parts: readonly Part[];
}

/** Sorts the entries of a Bundle into a package. Throws Fault fhir.bundle, fhir.narrative, fhir.resource. */
export function packageOf(entries: readonly Entry[], pointer: string): Package {
  const parts = entries.map((entry, index): Part => {
    const at = `${pointer}/${index}/resource`;
    return { resource: checked(entry.resource, at), pointer: at, fullUrl: entry.fullUrl };
  });
  return sorted(parts, pointer);
}

/** A package of a request alone, with what it contains. */
export function packageOfOne(resource: unknown): Package {
  return sorted([{ resource: checked(resource, '/body'), pointer: '/body', fullUrl: undefined }], '/body');
}

function sorted(parts: readonly Part[], pointer: string): Package {
  const only = (type: string): Part | undefined => {
    const found = parts.filter(({ resource }) => resource.resourceType === type);
    if (found.length > 1)
      throw new Fault('fhir.bundle', { pointer: found[1]!.pointer, detail: `a second ${type}` });
    return found[0];
  };
  const [serviceRequest, task, patient] = [only('ServiceRequest'), only('Task'), only('Patient')];
  if (!serviceRequest) throw new Fault('fhir.bundle', { pointer, detail: 'no ServiceRequest' });
  const others = parts.filter((part) => part !== serviceRequest && part !== task && part !== patient);
  for (const { resource, pointer: at } of others) {
    if (!kept.has(resource.resourceType)) {
      const detail = `${resource.resourceType.slice(0, 40)} is not taken with a referral`;
      throw new Fault('fhir.bundle', { pointer: at, detail });
    }
  }
  return { serviceRequest, task, patient, others, parts };
}

/** A resource as it came, its narratives harmless. */
export function checked(resource: unknown, pointer: string): Resource {
  if (!isObject(resource) || typeof resource.resourceType !== 'string') {
    throw new Fault('fhir.resource', { pointer, detail: 'not a resource' });
  }
  const bad = badNarrative(resource);
  if (bad !== undefined) throw new Fault('fhir.narrative', { pointer: pointer + bad });
  return resource as Resource;
}

/** Finds what references of a package point to. */
export class Resolver {
  readonly #byAddress = new Map<string, Part>();

  constructor(parts: readonly Part[]) {
    for (const part of parts) {
      const { resource, fullUrl } = part;
      if (fullUrl !== undefined) this.#byAddress.set(fullUrl, part);
      if (typeof resource.id === 'string')
        this.#byAddress.set(`${resource.resourceType}/${resource.id}`, part);
    }
  }

  part(reference: string): Part | undefined {
    return this.#byAddress.get(reference);
  }

  /** The resource that a reference of `from` points to: contained in it, or another of the package. */
  resource(reference: unknown, from: Resource): Resource | undefined {
    const address = isObject(reference) ? (reference as Reference).reference : undefined;
    if (typeof address !== 'string') return undefined;
    if (!address.startsWith('#')) return this.#byAddress.get(address)?.resource;
    const contained = Array.isArray(from.contained) ? (from.contained as Resource[]) : [];
    return contained.find(({ id }) => id === address.slice(1));
  }
}

/** A copy whose references point to where the resources of the package are found now. */
export function rewritten<T>(value: T, newAddress: (reference: string) => string | undefined): T {
  if (Array.isArray(value)) return value.map((each) => rewritten(each, newAddress)) as T;
  if (!isObject(value)) return value;
  const copy: Record<string, unknown> = {};
  for (const name of Object.keys(value)) {
    const member = value[name];
    if (typeof member !== 'string') copy[name] = rewritten(member, newAddress);
    else copy[name] = name === 'reference' ? (newAddress(member) ?? member) : member;
  }
  return copy as T;
}
