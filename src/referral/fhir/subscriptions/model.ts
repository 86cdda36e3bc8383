import { Fault } from '../../../errors.ts';
import type { ReferralRow } from '../../queries.ts';
import { endsOf } from '../dossier.ts';
import { at, listAt, textAt } from '../look-in.ts';
import type { Resource } from '../resource.ts';
import { parametersOf, type ReferralSearch, searchOf } from '../search.ts';

const BACKPORT = 'http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/';
export const STATUS_PROFILE = `${BACKPORT}backport-subscription-status-r4`;

/** What can be followed, under our own name and under that of Gravity SDOHCC. */
export const TOPICS: Readonly<Record<string, 'Task' | 'ServiceRequest'>> = {
  'urn:yikatong:fhir:topic:task': 'Task',
  'urn:yikatong:fhir:topic:service-request': 'ServiceRequest',
  'http://hl7.org/fhir/us/sdoh-clinicalcare/SubscriptionTopic/Task': 'Task',
  'http://hl7.org/fhir/us/sdoh-clinicalcare/SubscriptionTopic/Servicerequest': 'ServiceRequest',
};

const CONTENTS = ['empty', 'id-only', 'full-resource'] as const;
export type PayloadContent = (typeof CONTENTS)[number];

/** Filters that are judged by the referral's row alone. */
const FILTERS = /^(_id|status(:not)?|business-status|owner|performer|requester|patient|subject|code|intent)$/;

const HEARTBEAT_MIN_S = 60;
const HEARTBEAT_MAX_S = 86_400;
const EVENTS_AT_ONCE_MAX = 50;
const HEADERS_MAX = 10;
/** Headers that are ours, or HTTP's. */
const RESERVED =
  /^(host|content-(type|length)|transfer-encoding|connection|upgrade|te|trailer|expect|keep-alive|proxy-.*)$/i;

/** A subscription as we work with it. */
export interface Subscribed {
  readonly topic: string;
  readonly type: 'Task' | 'ServiceRequest';
  readonly filters: readonly ReferralSearch[];
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly content: PayloadContent;
  readonly contentType: string;
  readonly heartbeatMs: number | undefined;
  readonly eventsAtOnce: number;
}

/** Reads a Subscription. Throws Fault fhir.subscription, fhir.parameter. */
export function subscribedOf(subscription: Resource): Subscribed {
  const wrong = (member: string, detail: string) =>
    new Fault('fhir.subscription', { pointer: `/body/${member}`, detail });
  const topic = textAt(subscription, 'criteria');
  const type = topic === undefined ? undefined : TOPICS[topic];
  if (topic === undefined || type === undefined) throw wrong('criteria', 'not a topic of this server');
  const channel = subscription.channel;
  if (at(channel, 'type') !== 'rest-hook') throw wrong('channel/type', 'rest-hook is expected');
  const endpoint = textAt(channel, 'endpoint');
  if (endpoint === undefined) throw wrong('channel/endpoint', 'no address');
  const content = extension(at(channel, '_payload'), 'backport-payload-content')?.valueCode ?? 'id-only';
  if (!CONTENTS.includes(content as PayloadContent)) throw wrong('channel/_payload', CONTENTS.join(', '));
  const contentType = textAt(channel, 'payload') ?? 'application/fhir+json';
  if (!/^application\/(fhir\+)?json\b/.test(contentType))
    throw wrong('channel/payload', 'application/fhir+json is expected');
  const heartbeatS = extension(channel, 'backport-heartbeat-period')?.valueUnsignedInt;
  if (heartbeatS !== undefined && !within(heartbeatS, HEARTBEAT_MIN_S, HEARTBEAT_MAX_S)) {
    throw wrong('channel/extension', `a heartbeat of ${HEARTBEAT_MIN_S} to ${HEARTBEAT_MAX_S} s`);
  }
  const most = extension(channel, 'backport-max-count')?.valuePositiveInt;
  return {
    topic,
    type,
    filters: filtersOf(subscription, type, wrong),
    endpoint,
    headers: headersOf(channel, wrong),
    content: content as PayloadContent,
    contentType,
    heartbeatMs: heartbeatS === undefined ? undefined : Number(heartbeatS) * 1_000,
    eventsAtOnce: Math.min(typeof most === 'number' ? most : EVENTS_AT_ONCE_MAX, EVENTS_AT_ONCE_MAX),
  };
}

/** Whether a subscription wants to hear of a referral. */
export function wants({ filters }: Pick<Subscribed, 'filters'>, row: ReferralRow, own: string): boolean {
  const { owner, requester } = endsOf(row, own);
  return filters.every(
    (filter) =>
      !filter.nothing &&
      (filter.states?.includes(row.state) ?? true) &&
      filter.ids.every((ids) => ids.includes(row.id)) &&
      filter.persons.every((persons) => persons.includes(row.person)) &&
      filter.owners.every((codes) => codes.includes(owner)) &&
      filter.requesters.every((codes) => codes.includes(requester)),
  );
}

function filtersOf(
  subscription: Resource,
  type: 'Task' | 'ServiceRequest',
  wrong: (member: string, detail: string) => Fault,
): ReferralSearch[] {
  return listAt(subscription, '_criteria', 'extension')
    .filter(({ url }) => url === `${BACKPORT}backport-filter-criteria`)
    .map((each) => {
      const [on, text = ''] = String(each.valueString ?? '').split(/\?(.*)/s);
      if (on !== type) throw wrong('_criteria', `a filter on ${type} is expected`);
      const query = new URLSearchParams(text);
      const other = [...query.keys()].find((name) => !FILTERS.test(name));
      if (other !== undefined) throw wrong('_criteria', `can not filter by ${other.slice(0, 40)}`);
      return searchOf(parametersOf(query, type), type);
    });
}

function headersOf(
  channel: unknown,
  wrong: (member: string, detail: string) => Fault,
): Record<string, string> {
  const lines = at(channel, 'header') ?? [];
  if (!Array.isArray(lines) || lines.length > HEADERS_MAX)
    throw wrong('channel/header', `at most ${HEADERS_MAX}`);
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const match = /^([!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}): ?([\x20-\x7e]{0,1000})$/.exec(String(line));
    if (!match || RESERVED.test(match[1]!)) throw wrong('channel/header', 'not a header that may be sent');
    headers[match[1]!.toLowerCase()] = match[2]!;
  }
  return headers;
}

function extension(element: unknown, name: string): Record<string, unknown> | undefined {
  return listAt(element, 'extension').find(({ url }) => url === BACKPORT + name);
}

function within(value: unknown, least: number, most: number): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most;
}
