import type { Attachment } from '../../../schemas/attachment.ts';
import type { AuditEntry, AuditTrail } from '../../access/audit.ts';
import type { Caller } from '../../access/caller.ts';
import type { Vault } from '../../access/vault.ts';
import { Fault } from '../../errors.ts';
import type { Store } from '../../store/port.ts';
import { ReferralModel } from '../model.ts';
import { eventById, historyPage, type ReferralRow, referralById } from '../queries.ts';
import { isReviewEntry } from '../review/machine.ts';
import type { ReferralService } from '../service.ts';
import { attachmentDocumentOf } from './attachment-documents.ts';
import { cancellationTasksOf } from './cancellation.ts';
import { communicationOf, textsOf } from './communication.ts';
import { documentReferenceOf, FORMS, type Form } from './document-reference.ts';
import { type Dossier, patientIdOf, personOfPatientId } from './dossier.ts';
import { identifierHash } from './identifiers.ts';
import { type Kept, keptPurpose } from './kept.ts';
import { type KnownOrganisation, organizationOf } from './organization.ts';
import { patientOf } from './patient.ts';
import { keptOf, newestOfPerson, referralsByIdentifier, searchReferrals } from './queries.ts';
import type { Resource } from './resource.ts';
import type { ReferralSearch, Token } from './search.ts';
import { serviceRequestOf } from './service-request.ts';
import { taskOf } from './task.ts';

export interface FhirReadParts {
  readonly store: Store;
  readonly vault: Vault;
  readonly audit: AuditTrail;
  readonly referrals: ReferralService;
  readonly attachments: { list(by: Caller, referralId: string): Promise<Attachment[]> };
  readonly own: KnownOrganisation;
  /** Every organisation of the directory, this one's own aside. */
  readonly known: () => readonly KnownOrganisation[];
}

/** The id of a kept resource: its referral's, and its place. */
const KEPT_ID = /^(.{36})-(\d{1,3})$/;

/** More events than this of one referral are not told as communications at once. */
const EVENTS_MAX = 200;

export interface Page {
  readonly dossiers: readonly Dossier[];
  /** Where the next page begins; none where this is the last. */
  readonly next?: string;
}

/** What FHIR clients look at. Each look is on the audit trail: a row for each referral whose content was given out. */
export class FhirReads {
  readonly #parts: FhirReadParts;
  readonly #model: ReferralModel;

  constructor(parts: FhirReadParts) {
    this.#parts = parts;
    this.#model = new ReferralModel(parts.vault, (code) => code);
  }

  /** One resource by its type and id. Throws Fault fhir.not-found. */
  async read(by: Caller, type: string, id: string): Promise<Resource> {
    const kept = KEPT_ID.exec(id);
    if (kept) return this.#readKept(by, type, kept[1]!, Number(kept[2]));
    if (type === 'Organization') return organizationOf(this.#organisation(id));
    const resource = await this.#find(by, type, id);
    if (!resource) throw new Fault('fhir.not-found');
    await this.#look(by, `read-${type}`, [resource.referral]);
    return resource.resource;
  }

  /** What was posted with a referral, as it was. */
  async #readKept(by: Caller, type: string, referralId: string, place: number): Promise<Resource> {
    const kept = await this.#keptOf(referralId);
    const resource = kept?.others[place - 1];
    if (resource?.resourceType !== type) throw new Fault('fhir.not-found');
    await this.#look(by, `read-${type}`, [referralId]);
    return resource;
  }

  async #keptOf(referralId: string): Promise<Kept | undefined> {
    const { store, vault } = this.#parts;
    const row = await store.one(keptOf, { referral_id: referralId });
    return row && vault.openJson<Kept>(keptPurpose(referralId), row.content);
  }

  async #find(
    by: Caller,
    type: string,
    id: string,
  ): Promise<{ resource: Resource; referral: string } | undefined> {
    switch (type) {
      case 'Task':
      case 'ServiceRequest': {
        const dossier = await this.#dossierById(id);
        if (!dossier) return type === 'Task' ? this.#cancellation(id) : undefined;
        return found(dossier, type === 'Task' ? taskOf(dossier) : serviceRequestOf(dossier));
      }
      case 'Patient': {
        const dossier = await this.#newestOf(id);
        return dossier && found(dossier, patientOf(dossier));
      }
      case 'DocumentReference': {
        const [referral = '', form = ''] = id.split('.');
        const dossier = await this.#dossierById(referral);
        if (!dossier) return undefined;
        if ((FORMS as readonly string[]).includes(form))
          return found(dossier, documentReferenceOf(dossier, form as Form));
        const files = await this.#files(by, dossier);
        return found(
          dossier,
          files.find((each) => each.id === id),
        );
      }
      case 'Communication': {
        const event = await this.#parts.store.one(eventById, { id });
        const dossier = event && (await this.#dossierById(event.referral_id));
        const entry = event && this.#model.entry(event);
        if (!dossier || !entry || isReviewEntry(entry.type) || textsOf(entry).length === 0) return undefined;
        return found(dossier, communicationOf(dossier, entry));
      }
      default:
        return undefined;
    }
  }

  async #cancellation(id: string): Promise<{ resource: Resource; referral: string } | undefined> {
    const event = await this.#parts.store.one(eventById, { id });
    const dossier = event?.type === 'request-cancellation' && (await this.#dossierById(event.referral_id));
    if (!dossier) return undefined;
    return found(
      dossier,
      (await this.cancellations(dossier)).find((task) => task.id === id),
    );
  }

  /** What was asked for to call a referral off; the caller has looked at the referral. */
  async cancellations(dossier: Dossier): Promise<Resource[]> {
    const place = { referral_id: dossier.referral.id, after: 0, limit: EVENTS_MAX };
    const rows = await this.#parts.store.all(historyPage, place);
    return cancellationTasksOf(
      dossier,
      rows.map((row) => this.#model.entry(row)),
    );
  }

  /** Whether an act under this id is on file already. */
  async knowsEvent(id: string): Promise<boolean> {
    return (await this.#parts.store.one(eventById, { id })) !== undefined;
  }

  /** Tasks or requests that fit, in the order of their last change. */
  async search(by: Caller, type: string, search: ReferralSearch): Promise<Page> {
    const { store, own } = this.#parts;
    if (search.nothing || search.states?.length === 0) {
      await this.#look(by, `search-${type}`, []);
      return { dossiers: [] };
    }
    const foreign = await Promise.all(search.identifiers.map((tokens) => this.#named(type, tokens)));
    const rows = await store.list<ReferralRow>((db) => searchReferrals(db, search, own.code, foreign));
    const page = rows.slice(0, search.count);
    const dossiers = await Promise.all(page.map((row) => this.#dossierOf(row)));
    await this.#look(
      by,
      `search-${type}`,
      page.map(({ id }) => id),
    );
    const last = page.at(-1);
    return {
      dossiers,
      ...(rows.length > page.length && last ? { next: `${last.updated_at}.${last.id}` } : {}),
    };
  }

  /** Patients by id or by the keyed hash of a document's number; each is the newest that is known of them. */
  async patients(by: Caller, persons: readonly string[]): Promise<Resource[]> {
    const patients: Resource[] = [];
    const looked: string[] = [];
    for (const person of new Set(persons)) {
      const dossier = await this.#newestOf(patientIdOf(person));
      if (!dossier) continue;
      looked.push(dossier.referral.id);
      patients.push(patientOf(dossier));
    }
    await this.#look(by, 'search-Patient', looked);
    return patients;
  }

  organizations(fits: (organisation: KnownOrganisation) => boolean): Resource[] {
    return [this.#parts.own, ...this.#parts.known()].filter(fits).map(organizationOf);
  }

  /** What the two sides of a referral told each other, oldest first. */
  async communications(by: Caller, referralId: string): Promise<Resource[]> {
    const dossier = await this.#dossierById(referralId);
    const rows = dossier
      ? await this.#parts.store.all(historyPage, { referral_id: referralId, after: 0, limit: EVENTS_MAX })
      : [];
    await this.#look(by, 'search-Communication', dossier ? [referralId] : []);
    return rows
      .filter(({ type }) => !isReviewEntry(type))
      .map((row) => this.#model.entry(row))
      .filter((entry) => textsOf(entry).length > 0)
      .map((entry) => communicationOf(dossier!, entry));
  }

  async documents(by: Caller, referralId: string): Promise<Resource[]> {
    const dossier = await this.#dossierById(referralId);
    await this.#look(by, 'search-DocumentReference', dossier ? [referralId] : []);
    if (!dossier) return [];
    const forms = FORMS.map((form) => documentReferenceOf(dossier, form));
    return [...forms.filter((each) => each !== undefined), ...(await this.#files(by, dossier))];
  }

  async #files(by: Caller, dossier: Dossier): Promise<Resource[]> {
    const attachments = await this.#parts.attachments.list(by, dossier.referral.id);
    return attachments.map((attachment) => attachmentDocumentOf(dossier, attachment));
  }

  /** Referrals whose posted resource of a type carries one of these identifiers. */
  async #named(type: string, tokens: readonly Token[]): Promise<string[]> {
    const { store, vault } = this.#parts;
    const ids: string[] = [];
    for (const { system, code } of tokens) {
      if (system === undefined) continue;
      const hash = identifierHash(vault, type, system, code);
      for (const row of await store.all(referralsByIdentifier, { hash })) ids.push(row.referral_id);
    }
    return ids;
  }

  #organisation(code: string): KnownOrganisation {
    const { own, known } = this.#parts;
    const organisation = code === own.code ? own : known().find((each) => each.code === code);
    if (!organisation) throw new Fault('fhir.not-found');
    return organisation;
  }

  async #newestOf(patientId: string): Promise<Dossier | undefined> {
    const person = personOfPatientId(patientId);
    const row = person === undefined ? undefined : await this.#parts.store.one(newestOfPerson, { person });
    return row && this.#dossierOf(row);
  }

  async #dossierById(id: string): Promise<Dossier | undefined> {
    const row = await this.#parts.store.one(referralById, { id });
    return row && this.#dossierOf(row);
  }

  async #dossierOf(row: ReferralRow): Promise<Dossier> {
    const { referrals, own } = this.#parts;
    const kept = row.role === 'initiator' ? await this.#keptOf(row.id) : undefined;
    return { referral: await referrals.viewOf(row), person: row.person, own, kept };
  }

  async #look(by: Caller, act: string, referralIds: readonly string[]): Promise<void> {
    const { store, audit } = this.#parts;
    const entries: AuditEntry[] = referralIds.map((subject) => ({ ...by, act, kind: 'referral', subject }));
    if (entries.length === 0)
      entries.push({ ...by, act, kind: 'referral', subject: 'list', detail: { rows: 0 } });
    await store.write(async (unit) => {
      for (const entry of entries) await audit.add(unit, entry);
    });
  }
}

function found(dossier: Dossier, resource: Resource | undefined) {
  return resource && { resource, referral: dossier.referral.id };
}
