import Compile from 'typebox/compile';
import { CreateReferral } from '../../../schemas/referral.ts';
import { Fault } from '../../errors.ts';
import { OURS } from './codes.ts';
import { at, codeIn, listAt, nameOf, textAt, wordsOf } from './look-in.ts';
import type { Package, Resolver } from './pack.ts';
import { isObject, type Resource } from './resource.ts';
import { SECTIONS } from './service-request.ts';

const creation = Compile(CreateReferral);

const PHONE = /^[0-9+() -]{3,25}$/;

/** What a package asks for, as /v1/referrals would be asked. Throws Fault fhir.resource, saying what is missing. */
export function creationOf(
  { serviceRequest, task, others }: Package,
  patient: CreateReferral['patient'],
  resolver: Resolver,
): CreateReferral {
  const { resource: request, pointer } = serviceRequest;
  const fail = (member: string, detail: string) =>
    new Fault('fhir.resource', { pointer: `${pointer}/${member}`, detail });
  if (request.status !== 'active') throw fail('status', 'active is expected');
  if (task && !['requested', 'received', 'draft', 'ready'].includes(String(task.resource.status))) {
    const detail = 'requested is expected: what follows, the receiver decides';
    throw new Fault('fhir.resource', { pointer: `${task.pointer}/status`, detail });
  }
  const receiver = [task && at(task.resource, 'owner'), at(request, 'performer', 0)];
  const hosts = [task?.resource ?? request, request];
  const codes = receiver.map((each, index) => organisationIn(each, hosts[index]!, resolver));
  const to = codes.find((each) => each !== undefined);
  if (to === undefined)
    throw fail('performer', 'no organisation: Task.owner or ServiceRequest.performer names it');
  const department = departmentIn(request, receiver, resolver);
  if (department === undefined) throw fail('performerType', 'no department');
  const direction = codeIn(listAt(request, 'category'), OURS.direction) as CreateReferral['direction'];
  const created: CreateReferral = {
    to,
    ...(direction === undefined ? {} : { direction }),
    priority: priorityOf(textAt(request, 'priority') ?? textAt(task?.resource, 'priority')),
    department,
    patient,
    form: formIn(request, resolver, fail),
    consent: consentIn(
      request,
      others.map(({ resource }) => resource),
      resolver,
      fail,
    ),
  };
  if (!creation.Check(created)) {
    const [error] = creation.Errors(created);
    throw fail('', `${error?.instancePath ?? ''} ${error?.message ?? 'does not fit'}`.trim());
  }
  return created;
}

function priorityOf(priority: string | undefined): CreateReferral['priority'] {
  if (priority === undefined) return 'routine';
  return (priority === 'asap' ? 'urgent' : priority) as CreateReferral['priority'];
}

/** The code of the organisation that a reference leads to, over a role where there is one. */
function organisationIn(reference: unknown, from: Resource, resolver: Resolver): string | undefined {
  if (!isObject(reference)) return undefined;
  const own = at(reference, 'identifier', 'system') === OURS.organisation;
  if (own) return textAt(reference, 'identifier', 'value');
  const found = resolver.resource(reference, from);
  if (found?.resourceType === 'Organization') {
    const identifiers = listAt(found, 'identifier');
    const ours = identifiers.find(({ system }) => system === OURS.organisation);
    return textAt(ours ?? identifiers[0], 'value') ?? found.id;
  }
  if (found?.resourceType === 'PractitionerRole') return organisationIn(found.organization, from, resolver);
  return /(?:^|\/)Organization\/([A-Za-z0-9]{4,30})$/.exec(textAt(reference, 'reference') ?? '')?.[1];
}

function departmentIn(request: Resource, receivers: readonly unknown[], resolver: Resolver) {
  const roles = receivers.map((each) => resolver.resource(each, request));
  const concepts = [
    request.performerType,
    ...roles.flatMap((role) => listAt(role, 'specialty')),
    ...listAt(request, 'category').filter((each) => codeIn([each], OURS.direction) === undefined),
  ];
  const named = concepts.find((each) => wordsOf(each) !== undefined);
  if (named === undefined) return undefined;
  const code = codeIn([named], OURS.department);
  return { ...(code === undefined ? {} : { code }), name: wordsOf(named)!.slice(0, 50) };
}

function formIn(
  request: Resource,
  resolver: Resolver,
  fail: (member: string, detail: string) => Fault,
): CreateReferral['form'] {
  const reasons = [
    ...listAt(request, 'reasonCode').map(wordsOf),
    ...listAt(request, 'reasonReference').map(
      (each) => wordsOf(resolver.resource(each, request)?.code) ?? textAt(each, 'display'),
    ),
  ].filter((each) => each !== undefined);
  if (reasons.length === 0) throw fail('reasonCode', 'no reason in words: it becomes 初步印象');
  const sections: Partial<Record<keyof typeof SECTIONS, string>> = {};
  const rest: string[] = [];
  for (const note of listAt(request, 'note')) {
    const text = textAt(note, 'text');
    const section = textAt(
      listAt(note, 'extension').find(({ url }) => url === OURS.section),
      'valueCode',
    );
    if (text === undefined) continue;
    if (section !== undefined && Object.hasOwn(SECTIONS, section))
      sections[section as keyof typeof SECTIONS] = text;
    else rest.push(text);
  }
  const doctor = doctorIn(request, resolver);
  if (doctor === undefined) throw fail('requester', 'no doctor: requester names a practitioner');
  return {
    impression: reasons.join('; '),
    presentIllness: [...rest].join('\n') || reasons.join('; '),
    ...sections,
    doctor,
  };
}

function doctorIn(request: Resource, resolver: Resolver): CreateReferral['form']['doctor'] | undefined {
  const role = resolver.resource(request.requester, request);
  const practitioner =
    role?.resourceType === 'Practitioner' ? role : resolver.resource(role?.practitioner, request);
  const name =
    (practitioner && nameOf(listAt(practitioner, 'name'))) ??
    textAt(role, 'practitioner', 'display') ??
    textAt(request.requester, 'display');
  if (name === undefined) return undefined;
  const phone = [...listAt(role, 'telecom'), ...listAt(practitioner, 'telecom')]
    .filter(({ system }) => system === 'phone')
    .map((each) => textAt(each, 'value'))
    .find((each) => each !== undefined && PHONE.test(each));
  const number =
    at(role, 'practitioner', 'identifier', 'system') === OURS.staff
      ? textAt(role, 'practitioner', 'identifier', 'value')
      : undefined;
  return { name, ...(phone === undefined ? {} : { phone }), ...(number === undefined ? {} : { number }) };
}

/** Consent is never taken for granted: a referral without one is refused. */
function consentIn(
  request: Resource,
  others: readonly Resource[],
  resolver: Resolver,
  fail: (member: string, detail: string) => Fault,
): CreateReferral['consent'] {
  const pointed = listAt(request, 'supportingInfo').map((each) => resolver.resource(each, request));
  const consent = [...pointed, ...others].find((each) => each?.resourceType === 'Consent');
  if (!consent) throw fail('supportingInfo', 'no Consent');
  if (
    at(consent, 'provision', 'type') === 'deny' ||
    !['active', 'proposed'].includes(String(consent.status))
  ) {
    throw fail('supportingInfo', 'the Consent does not permit the referral');
  }
  const categories = listAt(consent, 'category');
  const given =
    codeIn(categories, OURS.consentGiven) ?? (consent.status === 'proposed' ? 'deferred' : 'written');
  const relative = resolver.resource(at(consent, 'performer', 0), consent)?.resourceType === 'RelatedPerson';
  const by = codeIn(categories, OURS.consentBy) ?? (relative ? 'relative' : 'patient');
  const time = textAt(consent, 'dateTime');
  const whole = time?.includes('T') ? time : time?.length === 10 ? `${time}T00:00:00+08:00` : undefined;
  return { given, by, ...(whole === undefined ? {} : { at: whole }) } as CreateReferral['consent'];
}
