import { DOCUMENT_TYPES } from '../../../schemas/identity.ts';
import type { Caller } from '../../access/caller.ts';
import type { Vault } from '../../access/vault.ts';
import { personOf } from '../model.ts';
import { addressed } from './attachment-documents.ts';
import { OURS } from './codes.ts';
import { type Dossier, personOfPatientId } from './dossier.ts';
import { patientOf } from './patient.ts';
import type { Bundle, Entry, Resource } from './resource.ts';
import {
  asksForCancellations,
  cancellationSearchOf,
  countOf,
  type Parameters,
  referenceId,
  type SearchType,
  searchOf,
  type Token,
  tokenOf,
  wrong,
} from './search.ts';
import type { FhirReads } from './service.ts';
import { serviceRequestOf } from './service-request.ts';
import { taskOf } from './task.ts';

export interface SearchParts {
  readonly reads: FhirReads;
  readonly vault: Vault;
}

/** Runs a search and answers its Bundle. `base` is where this server stands: https://host/fhir. */
export async function runSearch(
  { reads, vault }: SearchParts,
  by: Caller,
  type: SearchType,
  parameters: Parameters,
  base: string,
): Promise<Bundle> {
  if (type === 'Task' && asksForCancellations(parameters)) {
    const { dossiers, next } = await reads.search(by, type, cancellationSearchOf(parameters));
    const found = await gather(dossiers, (dossier) => reads.cancellations(dossier));
    const wanted = parameters.get('status') ?? (parameters.has('focus') ? [] : ['requested,received']);
    const codesOf = (value: string) => value.split(',').map((each) => tokenOf(each).code);
    const [any, none] = [wanted.map(codesOf), (parameters.get('status:not') ?? []).map(codesOf)];
    const tasks = found.filter(({ status }) => {
      const isOne = (codes: readonly string[]) => codes.includes(String(status));
      return any.every(isOne) && !none.some(isOne);
    });
    return bundleOf(base, type, parameters, tasks.map(match), next);
  }
  if (type === 'Task' || type === 'ServiceRequest') {
    const search = searchOf(parameters, type);
    const { dossiers, next } = await reads.search(by, type, search);
    const entries = dossiers.flatMap((dossier) => entriesOf(dossier, type, search.includes));
    return bundleOf(base, type, parameters, once(entries), next);
  }
  const resources = (await matches({ reads, vault }, by, type, parameters)).slice(0, countOf(parameters));
  const found = resources.map((resource) => match(addressed(resource, base)));
  return bundleOf(base, type, parameters, found);
}

async function matches(
  { reads, vault }: SearchParts,
  by: Caller,
  type: Exclude<SearchType, 'Task' | 'ServiceRequest'>,
  parameters: Parameters,
): Promise<Resource[]> {
  const ids = (name: string, target: string) =>
    (parameters.get(name) ?? []).map((value) =>
      value.split(',').map((each) => referenceId(name, each, target)),
    );
  switch (type) {
    case 'Patient': {
      const wanted = (parameters.get('_id') ?? []).map((value) =>
        value
          .split(',')
          .map(personOfPatientId)
          .filter((each) => each !== undefined),
      );
      for (const value of parameters.get('identifier') ?? []) {
        wanted.push(
          value
            .split(',')
            .map(tokenOf)
            .flatMap((token) => personsOf(vault, token)),
        );
      }
      if (wanted.length === 0) throw wrong('identifier', 'give identifier or _id');
      return reads.patients(by, common(wanted));
    }
    case 'Organization': {
      const named = parameters.get('name') ?? [];
      const coded = [...(parameters.get('_id') ?? []), ...(parameters.get('identifier') ?? [])].map((value) =>
        value.split(',').map(tokenOf),
      );
      return reads.organizations(
        ({ code, name }) =>
          named.every((value) => value.split(',').some((start) => name.startsWith(start))) &&
          coded.every((tokens) =>
            tokens.some(
              (each) => each.code === code && (each.system ?? OURS.organisation) === OURS.organisation,
            ),
          ),
      );
    }
    case 'Communication': {
      const about = [...ids('part-of', 'Task'), ...ids('based-on', 'ServiceRequest')];
      if (about.length === 0) throw wrong('part-of', 'give part-of or based-on');
      const told = await gather(common(about), (id) => reads.communications(by, id));
      return told.filter(({ id }) => hasId(parameters, id));
    }
    case 'DocumentReference': {
      const about = (parameters.get('related') ?? []).map((value) =>
        value
          .split(',')
          .map((each) => referenceId('related', each.replace('ServiceRequest/', 'Task/'), 'Task')),
      );
      if (about.length === 0) throw wrong('related', 'give related');
      const documents = await gather(common(about), (id) => reads.documents(by, id));
      return documents.filter(({ id }) => hasId(parameters, id));
    }
  }
}

/** The persons that an identifier token may stand for: of one document type, or of each where none is said. */
function personsOf(vault: Vault, { system, code }: Token): string[] {
  const types = DOCUMENT_TYPES.filter((each) => system === undefined || system === OURS.document + each);
  return types.map((documentType) => personOf(vault, { documentType, documentNumber: code }));
}

function entriesOf(
  dossier: Dossier,
  type: 'Task' | 'ServiceRequest',
  includes: ReadonlySet<string>,
): Entry[] {
  const included = [
    ...(includes.has('Task:focus') ? [type === 'Task' ? serviceRequestOf(dossier) : taskOf(dossier)] : []),
    ...([...includes].some((each) => /:(patient|subject)$/.test(each)) ? [patientOf(dossier)] : []),
  ];
  return [
    match(type === 'Task' ? taskOf(dossier) : serviceRequestOf(dossier)),
    ...included.map((resource) => ({ resource, search: { mode: 'include' as const } })),
  ];
}

/** A patient of several referrals is included once. */
function once(entries: readonly Entry[]): Entry[] {
  const byPlace = new Map<string, Entry>();
  for (const entry of entries) {
    const place = `${entry.resource!.resourceType}/${entry.resource!.id}`;
    if (!byPlace.has(place)) byPlace.set(place, entry);
  }
  return [...byPlace.values()];
}

function match(resource: Resource): Entry {
  return { resource, search: { mode: 'match' } };
}

function bundleOf(
  base: string,
  type: SearchType,
  parameters: Parameters,
  entries: readonly Entry[],
  next?: string,
): Bundle {
  const link = [{ relation: 'self', url: addressOf(base, type, parameters) }];
  if (next !== undefined) {
    link.push({
      relation: 'next',
      url: addressOf(base, type, new Map([...parameters, ['_cursor', [next]]])),
    });
  }
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    link,
    ...(next === undefined && !parameters.has('_cursor')
      ? { total: entries.filter(({ search }) => search?.mode === 'match').length }
      : {}),
    ...(entries.length === 0
      ? {}
      : {
          entry: entries.map((entry) => ({
            fullUrl: `${base}/${entry.resource!.resourceType}/${entry.resource!.id}`,
            ...entry,
          })),
        }),
  };
}

/** The address of a search. A document's number never stands in one: the link of a patient search leaves it out. */
function addressOf(base: string, type: SearchType, parameters: Parameters): string {
  const query = new URLSearchParams();
  for (const [name, values] of parameters) {
    if (type === 'Patient' && name === 'identifier') continue;
    for (const value of values) query.append(name, value);
  }
  const text = query.toString();
  return `${base}/${type}${text === '' ? '' : `?${text}`}`;
}

function common(lists: readonly (readonly string[])[]): string[] {
  const [first = [], ...others] = lists;
  return [...new Set(first)].filter((each) => others.every((list) => list.includes(each)));
}

async function gather<Each>(
  each: readonly Each[],
  find: (one: Each) => Promise<Resource[]>,
): Promise<Resource[]> {
  const lists: Resource[][] = [];
  for (const one of each) lists.push(await find(one));
  return lists.flat();
}

function hasId(parameters: Parameters, id: string | undefined): boolean {
  return (parameters.get('_id') ?? []).every((value) => value.split(',').includes(id ?? ''));
}
