import { timestampOf } from '../../clock.ts';
import { Fault } from '../../errors.ts';
import { BSER, SYSTEM } from './codes.ts';
import { at, listAt, textAt } from './look-in.ts';
import { operationOutcomeOf } from './operation-outcome.ts';
import { checked } from './pack.ts';
import type { Bundle, Entry, Resource } from './resource.ts';
import { entriesOf } from './transaction.ts';

/** A referral message: REF/RRI of HL7 v2, as BSeR sends it. */
const EVENT = { system: SYSTEM.messageEvent, code: 'I12', display: 'REF/RRI - Patient referral' };

export interface Message {
  /** What tells this message from any other: Bundle.identifier, or where there is none, the id of its header. */
  readonly identity: string;
  readonly header: Resource;
  /** Everything behind the header. */
  readonly entries: readonly Entry[];
  readonly focus: string;
}

/** Reads a message. Throws Fault fhir.bundle where it is none of ours. */
export function messageOf(body: unknown): Message {
  const [first, ...entries] = entriesOf(body, 'message');
  const header = checked(first?.resource, '/body/entry/0/resource');
  const wrong = (member: string, detail: string) =>
    new Fault('fhir.bundle', { pointer: `/body/entry/0/resource${member}`, detail });
  if (header.resourceType !== 'MessageHeader')
    throw wrong('', 'the first entry of a message is its MessageHeader');
  const event = header.eventCoding;
  if (at(event, 'system') !== EVENT.system || at(event, 'code') !== EVENT.code) {
    throw wrong('/eventCoding', `${EVENT.system}#${EVENT.code} is expected`);
  }
  const focus = listAt(header, 'focus')
    .map((each) => textAt(each, 'reference'))
    .find((each) => each !== undefined);
  if (focus === undefined) throw wrong('/focus', 'a Task is expected');
  const identifier = at(body, 'identifier');
  const value = textAt(identifier, 'value');
  const identity =
    value === undefined ? textAt(header, 'id') : `${textAt(identifier, 'system') ?? ''}|${value}`;
  if (identity === undefined) {
    throw new Fault('fhir.bundle', {
      pointer: '/body/identifier',
      detail: 'neither Bundle.identifier nor an id',
    });
  }
  return { identity, header, entries, focus };
}

export interface Answering {
  readonly ids: { next(): string };
  readonly now: number;
  /** Where this server stands: https://host/fhir. */
  readonly base: string;
}

/** The answer to a message that was processed: its task as it is now. */
export function okAnswer(message: Message, task: Resource, answering: Answering): Bundle {
  return answerOf(message, 'ok', { resource: task, fullUrl: `${answering.base}/Task/${task.id}` }, answering);
}

/** The answer to a message that was not: what is wrong, and whether the same may be sent again. */
export function errorAnswer(message: Message, fault: Fault, english: boolean, answering: Answering): Bundle {
  const outcome = operationOutcomeOf(fault, { english, receiving: true });
  const id = answering.ids.next();
  const code = fault.kind.again === 'yes' ? 'transient-error' : 'fatal-error';
  return answerOf(message, code, { resource: { ...outcome, id }, fullUrl: `urn:uuid:${id}` }, answering);
}

function answerOf(
  { header }: Message,
  code: 'ok' | 'transient-error' | 'fatal-error',
  entry: Required<Pick<Entry, 'resource' | 'fullUrl'>>,
  { ids, now, base }: Answering,
): Bundle {
  const id = ids.next();
  const source = textAt(header, 'source', 'endpoint');
  const answered: Resource = {
    resourceType: 'MessageHeader',
    id,
    eventCoding: EVENT,
    ...(source === undefined ? {} : { destination: [{ endpoint: source }] }),
    source: { name: '一卡通网关 Yikatong', endpoint: base },
    response: {
      identifier: textAt(header, 'id') ?? 'unknown',
      code,
      ...(code === 'ok' ? {} : { details: { reference: entry.fullUrl } }),
    },
    ...(code === 'ok' ? { focus: [{ reference: `Task/${entry.resource.id}` }] } : {}),
  };
  return {
    resourceType: 'Bundle',
    id: ids.next(),
    meta: { profile: [BSER.messageBundle] },
    identifier: { system: 'urn:ietf:rfc:3986', value: `urn:uuid:${ids.next()}` },
    type: 'message',
    timestamp: timestampOf(now),
    entry: [{ fullUrl: `urn:uuid:${id}`, resource: answered }, entry],
  };
}
