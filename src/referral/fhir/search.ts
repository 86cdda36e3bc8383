import { Fault } from '../../errors.ts';
import { STATE_NAMES, STATES, type StateName } from '../machine.ts';
import { businessStatusOf } from './codes.ts';
import { personOfPatientId } from './dossier.ts';

/** What a search for tasks or requests comes down to. Each list is an OR, the whole an AND. */
export interface ReferralSearch {
  readonly ids: readonly (readonly string[])[];
  readonly states: readonly StateName[] | undefined;
  readonly persons: readonly (readonly string[])[];
  readonly owners: readonly (readonly string[])[];
  readonly requesters: readonly (readonly string[])[];
  readonly correlations: readonly (readonly string[])[];
  readonly identifiers: readonly (readonly Token[])[];
  readonly updated: readonly Bound[];
  /** Something was asked for that no referral has. */
  readonly nothing: boolean;
  readonly count: number;
  readonly ascending: boolean;
  readonly after: Place | undefined;
  readonly includes: ReadonlySet<string>;
}

export interface Token {
  /** Undefined: whatever the system. */
  readonly system: string | undefined;
  readonly code: string;
}

interface Bound {
  readonly op: '<' | '<=' | '>' | '>=';
  readonly at: number;
}

/** Where a page ended. */
interface Place {
  readonly at: number;
  readonly id: string;
}

export type Parameters = ReadonlyMap<string, readonly string[]>;

const COUNT_DEFAULT = 20;
export const COUNT_MAX = 100;
const VALUES_MAX = 50;
const DAY_MS = 86_400_000;

/** What may be searched by; the capability statement lists the same. */
export const SEARCH = {
  Task: {
    _id: 'token',
    _lastUpdated: 'date',
    status: 'token',
    'business-status': 'token',
    code: 'token',
    intent: 'token',
    owner: 'reference',
    requester: 'reference',
    patient: 'reference',
    subject: 'reference',
    focus: 'reference',
    identifier: 'token',
    'group-identifier': 'token',
  },
  ServiceRequest: {
    _id: 'token',
    _lastUpdated: 'date',
    status: 'token',
    intent: 'token',
    requester: 'reference',
    performer: 'reference',
    patient: 'reference',
    subject: 'reference',
    identifier: 'token',
    requisition: 'token',
  },
  Patient: { _id: 'token', identifier: 'token' },
  Organization: { _id: 'token', identifier: 'token', name: 'string' },
  Communication: { _id: 'token', 'based-on': 'reference', 'part-of': 'reference' },
  DocumentReference: { _id: 'token', related: 'reference' },
} as const;

export type SearchType = keyof typeof SEARCH;

const COMMON = ['_count', '_sort', '_include', '_revinclude', '_format', '_cursor'];
export const INCLUDES: Readonly<Record<string, readonly string[]>> = {
  Task: ['Task:focus', 'Task:patient', 'Task:subject'],
  ServiceRequest: ['ServiceRequest:patient', 'ServiceRequest:subject'],
};
export const REV_INCLUDES: Readonly<Record<string, readonly string[]>> = { ServiceRequest: ['Task:focus'] };

/** Reads parameters from a query string or a form; one that is not known is refused rather than widening the search. */
export function parametersOf(raw: URLSearchParams, type: SearchType): Parameters {
  const known = new Set([...Object.keys(SEARCH[type]), ...COMMON]);
  const parameters = new Map<string, string[]>();
  let values = 0;
  for (const [name, value] of raw) {
    const plain = name === 'status:not' ? 'status' : name;
    if (!known.has(plain)) throw wrong(name, 'not supported');
    if (value === '') continue;
    values += value.split(',').length;
    if (values > VALUES_MAX) throw wrong(name, `more than ${VALUES_MAX} values`);
    parameters.set(name, [...(parameters.get(name) ?? []), value]);
  }
  return parameters;
}

export function searchOf(parameters: Parameters, type: 'Task' | 'ServiceRequest'): ReferralSearch {
  const all = (name: string) => (parameters.get(name) ?? []).map((value) => value.split(','));
  const references = (names: readonly string[], target: string) =>
    names.flatMap((name) =>
      all(name).map((values) => values.map((value) => referenceId(name, value, target))),
    );
  const persons = references(['patient', 'subject'], 'Patient').map((ids) => ids.map(personOfPatientId));
  const fixed = [
    ...all('code').map((values) => values.map(tokenOf).some(({ code }) => code === 'fulfill')),
    ...all('intent').map((values) => values.map(tokenOf).some(({ code }) => code === 'order')),
  ];
  const owners = type === 'Task' ? 'owner' : 'performer';
  return {
    ids: [...all('_id'), ...references(['focus'], 'ServiceRequest')],
    states: statesOf(parameters, type),
    persons: persons.map((list) => list.filter((each) => each !== undefined)),
    owners: references([owners], 'Organization'),
    requesters: references(['requester'], 'Organization'),
    correlations: [...all('group-identifier'), ...all('requisition')].map((values) =>
      values.map(tokenOf).map(({ code }) => code),
    ),
    identifiers: all('identifier').map((values) => values.map(tokenOf)),
    updated: (parameters.get('_lastUpdated') ?? []).flatMap(boundsOf),
    nothing: fixed.includes(false),
    count: countOf(parameters),
    ...orderOf(parameters),
    includes: includesOf(parameters, type),
  };
}

/** Whether a search for tasks means requests to call referrals off. */
export function asksForCancellations(parameters: Parameters): boolean {
  return (parameters.get('code') ?? []).some((value) =>
    value.split(',').some((each) => tokenOf(each).code === 'abort'),
  );
}

/** The referrals whose requests are meant: those of `focus`, else those where one waits for its answer. */
export function cancellationSearchOf(parameters: Parameters): ReferralSearch {
  const {
    code: _code,
    status: _status,
    'status:not': _not,
    focus,
    ...others
  } = Object.fromEntries(parameters);
  const about = focus?.map((value) => value.replaceAll(/(^|\/|,)Task\//g, '$1ServiceRequest/'));
  const search = searchOf(new Map(Object.entries({ ...others, ...(about ? { focus: about } : {}) })), 'Task');
  return { ...search, states: about ? search.states : ['cancellation-requested'], includes: new Set() };
}

export function countOf(parameters: Parameters): number {
  const text = parameters.get('_count')?.at(-1);
  if (text === undefined) return COUNT_DEFAULT;
  if (!/^[1-9][0-9]{0,8}$/.test(text)) throw wrong('_count', 'a number from 1');
  return Math.min(Number(text), COUNT_MAX);
}

export function tokenOf(value: string): Token {
  const bar = value.indexOf('|');
  if (bar < 0) return { system: undefined, code: value };
  return { system: value.slice(0, bar), code: value.slice(bar + 1) };
}

/** The id that a reference parameter names: `Type/id`, an id alone, or an absolute address ending in either. */
export function referenceId(name: string, value: string, type: string): string {
  const match = new RegExp(`(?:^|/)${type}/([A-Za-z0-9.-]{1,64})$`).exec(value);
  const id = match?.[1] ?? (/^[A-Za-z0-9.-]{1,64}$/.test(value) ? value : undefined);
  if (id === undefined) throw wrong(name, `not a reference to ${type}`);
  return id;
}

function statesOf(parameters: Parameters, type: 'Task' | 'ServiceRequest'): StateName[] | undefined {
  const tests: ((state: StateName) => boolean)[] = [];
  const add = (name: string, fits: (state: StateName, token: Token) => boolean, wanted: boolean) => {
    for (const value of parameters.get(name) ?? []) {
      const tokens = value.split(',').map(tokenOf);
      tests.push((state) => tokens.some((token) => fits(state, token)) === wanted);
    }
  };
  const byStatus = (state: StateName, { code }: Token) =>
    (type === 'Task' ? STATES[state].status : requestStatusOf(state)) === code;
  add('status', byStatus, true);
  add('status:not', byStatus, false);
  add('business-status', hasBusinessStatus, true);
  if (tests.length === 0) return undefined;
  return STATE_NAMES.filter((state) => tests.every((test) => test(state)));
}

function hasBusinessStatus(state: StateName, { system, code }: Token): boolean {
  const coding = businessStatusOf(state)?.coding[0];
  if (coding === undefined || coding.code !== code) return false;
  return system === undefined || system === coding.system;
}

/** ServiceRequest.status of a state: the request ends with the task. */
export function requestStatusOf(state: StateName): 'draft' | 'active' | 'completed' | 'revoked' {
  if (state === 'draft') return 'draft';
  if (state === 'completed') return 'completed';
  return state === 'cancelled' || state === 'declined' ? 'revoked' : 'active';
}

/** FHIR search prefixes over the span that a date, or a date and time, stands for; without an offset, China's. */
function boundsOf(value: string): Bound[] {
  const match =
    /^(eq|gt|ge|lt|le|sa|eb)?(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(Z|[+ -]\d{2}:\d{2})?)?$/.exec(
      value,
    );
  if (!match) throw wrong('_lastUpdated', 'not a date that FHIR knows');
  const [, prefix = 'eq', day, time, offset] = match;
  // A plus sign that nobody escaped arrives as a space.
  const text = time === undefined ? `${day}T00:00:00` : `${day}${time}`.replace(' ', '+');
  const start = Date.parse(offset === undefined ? `${text}+08:00` : text);
  if (Number.isNaN(start)) throw wrong('_lastUpdated', 'no such date');
  const end = start + spanOf(time) - 1;
  switch (prefix) {
    case 'gt':
    case 'sa':
      return [{ op: '>', at: end }];
    case 'ge':
      return [{ op: '>=', at: start }];
    case 'lt':
    case 'eb':
      return [{ op: '<', at: start }];
    case 'le':
      return [{ op: '<=', at: end }];
    default:
      return [
        { op: '>=', at: start },
        { op: '<=', at: end },
      ];
  }
}

function spanOf(time: string | undefined): number {
  if (time === undefined) return DAY_MS;
  if (time.includes('.')) return 1;
  return /^T\d{2}:\d{2}:/.test(time) ? 1_000 : 60_000;
}

function orderOf(parameters: Parameters): { ascending: boolean; after: Place | undefined } {
  const sort = parameters.get('_sort')?.at(-1) ?? '-_lastUpdated';
  if (!/^-?_lastUpdated$/.test(sort)) throw wrong('_sort', '_lastUpdated or -_lastUpdated');
  const cursor = parameters.get('_cursor')?.at(-1);
  const place = cursor === undefined ? undefined : /^(\d{1,15})\.([A-Za-z0-9.-]{1,64})$/.exec(cursor);
  if (place === null) throw wrong('_cursor', 'not a cursor of ours');
  return { ascending: sort === '_lastUpdated', after: place && { at: Number(place[1]), id: place[2]! } };
}

function includesOf(parameters: Parameters, type: string): Set<string> {
  const wanted = new Set<string>();
  for (const [name, known] of [
    ['_include', INCLUDES],
    ['_revinclude', REV_INCLUDES],
  ] as const) {
    for (const value of parameters.get(name) ?? []) {
      if (!known[type]?.includes(value)) throw wrong(name, `${value.slice(0, 60)} is not supported`);
      wanted.add(value);
    }
  }
  return wanted;
}

export function wrong(name: string, detail: string): Fault {
  return new Fault('fhir.parameter', { pointer: `/query/${name.slice(0, 60)}`, detail });
}
