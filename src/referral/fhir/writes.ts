import type { Caller } from '../../access/caller.ts';
import type { Vault } from '../../access/vault.ts';
import type { Ids } from '../../clock.ts';
import { Fault } from '../../errors.ts';
import { ConstraintError, type Store, type Unit } from '../../store/port.ts';
import { type ReferralRow, referralById } from '../queries.ts';
import type { ReferralService } from '../service.ts';
import { patientIdOf } from './dossier.ts';
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
}

/** What became of a package: the referral, and where each of its resources is found. */
export interface Placed {
  readonly row: ReferralRow;
  readonly created: boolean;
  readonly places: readonly string[];
}

/** Creates referrals from FHIR resources, through the same service as /v1/referrals. */
export class FhirWrites {
  readonly #parts: FhirWriteParts;

  constructor(parts: FhirWriteParts) {
    this.#parts = parts;
  }

  /**
   * One package, one referral, in one unit of work with what is kept of its resources. `conditions` are the
   * If-None-Exist of its request and its task: where one fits already, nothing is created. `also` writes what else
   * belongs to the same unit.
   */
  async create(
    by: Caller,
    given: Package,
    conditions: readonly string[] = [],
    also?: (unit: Unit, placed: Placed) => Promise<void>,
  ): Promise<Placed> {
    const hashes = conditions.map((condition) => this.#conditionHash(condition));
    const known = await this.#existing(given, hashes);
    if (known) return known;
    const id = this.#parts.ids.next();
    const resolver = new Resolver(given.parts);
    const subject = await subjectOf(this.#parts, given, resolver);
    const input = creationOf(given, subject.patient, resolver);
    const places = placesOf(given, id, patientIdOf(subject.person));
    const kept = keptFrom(given, subject, places, resolver);
    try {
      await this.#parts.referrals.create(by, id, input, async (unit) => {
        const content = this.#parts.vault.sealJson(keptPurpose(id), kept);
        await unit.run(insertKept, { referral_id: id, content });
        for (const hash of this.#identifierHashes(given))
          await unit.run(insertIdentifier, { hash, referral_id: id });
        for (const hash of hashes) await unit.run(insertCondition, { hash, referral_id: id });
        const row = await unit.one(referralById, { id });
        await also?.(unit, { row: row!, created: true, places });
      });
    } catch (error) {
      // The same condition was met by another request at the same moment.
      const other = error instanceof ConstraintError ? await this.#existing(given, hashes) : undefined;
      if (other) return other;
      throw error;
    }
    const row = await this.#parts.store.one(referralById, { id });
    return { row: row!, created: true, places };
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
