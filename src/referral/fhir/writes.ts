import type { Caller } from '../../access/caller.ts';
import type { Vault } from '../../access/vault.ts';
import type { Ids } from '../../clock.ts';
import type { AfterCommit } from '../../delivery/port.ts';
import { Fault } from '../../errors.ts';
import type { Store, Unit } from '../../store/port.ts';
import { type ReferralRow, referralById } from '../queries.ts';
import type { ReferralService } from '../service.ts';
import { type Dossier, patientIdOf } from './dossier.ts';
import { identifierHash } from './identifiers.ts';
import { creationOf } from './incoming.ts';
import { type Kept, keptPurpose } from './kept.ts';
import { listAt, textAt } from './look-in.ts';
import { type Package, type Part, Resolver, rewritten } from './pack.ts';
import { insertCondition, insertIdentifier, insertKept, referralsByIdentifier } from './queries.ts';
import type { Resource } from './resource.ts';
import { type Subject, subjectOf } from './subject.ts';

export interface FhirWriteParts {
  readonly store: Store;
  readonly vault: Vault;
  readonly ids: Ids;
  readonly referrals: ReferralService;
  readonly own: Dossier['own'];
}

/** What became of a package: the referral, and where each of its resources is found. */
export interface Placed {
  readonly row: ReferralRow;
  readonly created: boolean;
  readonly places: readonly string[];
}

export interface NewlyPlaced extends Placed {
  /** What its resources are made of, within the same unit. */
  readonly dossier: () => Promise<Dossier>;
  /** To be called after the commit. */
  readonly after: AfterCommit;
}

/** What a package comes to: a referral that is there already, or the work of a new one, for a unit of the caller's. */
export type Plan =
  | { readonly known: Placed }
  | { readonly known: undefined; readonly place: (unit: Unit, id: string) => Promise<NewlyPlaced> };

/** Creates referrals from FHIR resources, through the same service as /v1/referrals. */
export class FhirWrites {
  readonly #parts: FhirWriteParts;

  constructor(parts: FhirWriteParts) {
    this.#parts = parts;
  }

  /**
   * One package, one referral, in one unit of work with what is kept of its resources. `conditions` are the
   * If-None-Exist of its request and its task: where one fits already, nothing is created. Where another request
   * meets the same condition at the same moment, the work throws a ConstraintError, and the next plan knows.
   */
  async plan(by: Caller, given: Package, conditions: readonly string[] = []): Promise<Plan> {
    const { vault, referrals, own } = this.#parts;
    const hashes = conditions.map((condition) => this.#conditionHash(condition));
    const known = await this.#existing(given, hashes);
    if (known) return { known };
    const resolver = new Resolver(given.parts);
    const subject = await subjectOf(this.#parts, given, resolver);
    const creation = await referrals.creation(by, creationOf(given, subject.patient, resolver));
    const identifiers = this.#identifierHashes(given);
    const patientId = patientIdOf(subject.person);
    const place = async (unit: Unit, id: string): Promise<NewlyPlaced> => {
      const { row, repeated, answer, after } = await creation(unit, id);
      const places = placesOf(given, id, patientId);
      const kept = keptFrom(given, subject, places, resolver);
      const dossier = async () => ({ referral: await answer(), person: row.person, own, kept });
      if (repeated) return { row, created: true, places, dossier, after };
      await unit.run(insertKept, { referral_id: id, content: vault.sealJson(keptPurpose(id), kept) });
      for (const hash of identifiers) await unit.run(insertIdentifier, { hash, referral_id: id });
      for (const hash of hashes) await unit.run(insertCondition, { hash, referral_id: id });
      return { row, created: true, places, dossier, after };
    };
    return { known: undefined, place };
  }

  /** A package in a unit of its own, together with what `also` writes. */
  async create(
    by: Caller,
    given: Package,
    also: (unit: Unit, placed: Placed) => Promise<void>,
  ): Promise<Placed> {
    const plan = await this.plan(by, given);
    if (plan.known) return plan.known;
    const id = this.#parts.ids.next();
    const placed = await this.#parts.store.write(async (unit) => {
      const newly = await plan.place(unit, id);
      await also(unit, newly);
      return newly;
    });
    placed.after();
    return placed;
  }

  async #existing(given: Package, hashes: readonly string[]): Promise<Placed | undefined> {
    const found = new Set<string>();
    for (const hash of hashes) {
      for (const row of await this.#parts.store.all(referralsByIdentifier, { hash }))
        found.add(row.referral_id);
    }
    if (found.size > 1) throw new Fault('fhir.condition', { pointer: '/headers/if-none-exist' });
    const [id] = found;
    const row = id === undefined ? undefined : await this.#parts.store.one(referralById, { id });
    return row && { row, created: false, places: placesOf(given, row.id, patientIdOf(row.person)) };
  }

  /** A condition is an identifier with its system: `ServiceRequest?identifier=system|value`. */
  #conditionHash(condition: string): string {
    const [type = '', text = ''] = condition.split(/\?(.*)/s);
    const query = new URLSearchParams(text);
    const [system, value] = (query.get('identifier') ?? '').split(/\|(.*)/s);
    if (query.size !== 1 || !system || !value) {
      const detail = 'identifier=system|value is expected';
      throw new Fault('fhir.parameter', { pointer: '/headers/if-none-exist', detail });
    }
    return identifierHash(this.#parts.vault, type, system, value);
  }

  #identifierHashes({ serviceRequest, task }: Package): Set<string> {
    const hashes = new Set<string>();
    for (const part of [serviceRequest, task]) {
      for (const identifier of listAt(part?.resource, 'identifier')) {
        const value = textAt(identifier, 'value');
        const system = textAt(identifier, 'system');
        if (value === undefined || system === undefined) continue;
        hashes.add(identifierHash(this.#parts.vault, part!.resource.resourceType, system, value));
      }
    }
    return hashes;
  }
}

/** Where the resources of a package are found, in its order. */
function placesOf(given: Package, id: string, patientId: string): string[] {
  return given.parts.map((part) => {
    const type = part.resource.resourceType;
    if (part === given.serviceRequest || part === given.task) return `${type}/${id}`;
    if (part === given.patient) return `Patient/${patientId}`;
    return `${type}/${id}-${given.others.indexOf(part) + 1}`;
  });
}

function keptFrom(
  given: Package,
  { patient: _person, ...subject }: Subject,
  places: readonly string[],
  resolver: Resolver,
): Kept {
  const byPart = new Map(given.parts.map((part, index) => [part, places[index]!]));
  const address = (reference: string) => {
    const part = resolver.part(reference);
    if (part) return byPart.get(part);
    return reference === subject.reference ? `Patient/${patientIdOf(subject.person)}` : undefined;
  };
  const keep = (part: Part): Resource => {
    const id = byPart.get(part)!.split('/')[1]!;
    return { ...rewritten(part.resource, address), id };
  };
  return {
    serviceRequest: keep(given.serviceRequest),
    ...(given.task ? { task: keep(given.task) } : {}),
    ...(given.patient ? { patient: keep(given.patient) } : {}),
    others: given.others.map(keep),
  };
}
