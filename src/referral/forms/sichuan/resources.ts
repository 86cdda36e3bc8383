import { createHash } from 'node:crypto';
import type { Organisation } from '../../../../schemas/organisation.ts';
import { OURS, SYSTEM } from '../../fhir/codes.ts';
import { DOCUMENT_CODES } from '../../fhir/patient.ts';
import { concept, type Entry, type Reference, type Resource } from '../../fhir/resource.ts';
import { given } from '../paper.ts';
import { personFacts } from '../person.ts';
import type { CaseRecord } from '../record.ts';

/** Systems of the guide. */
export const GUIDE = {
  activity: 'http://CodeSystem.hl7fhir.cn/activity-code',
  participant: 'http://CodeSystem.hl7fhir.cn/encounter-participant-type',
  serviceCategory: 'http://CodeSystem.hl7fhir.cn/service-category',
  serviceType: 'http://CodeSystem.hl7fhir.cn/service-type',
  documentType: 'http://CodeSystem.hl7fhir.cn/document-type',
  referralNumber: 'http://NamingSystem.hl7fhir.cn/hospital-referral-identifier',
  responseNumber: 'http://NamingSystem.hl7fhir.cn/hospital-referral-response-identifier',
  documentNumber: 'http://NamingSystem.hl7fhir.cn/document-Identifier',
  profile: 'http://StructureDefinition.hl7fhir.cn/',
  definition: 'http://MessageDefinition.hl7fhir.cn/',
  activityDefinition: 'http://ActivityDefinition.hl7fhir.cn/',
} as const;

/**
 * The UUID that stands for something of a case, always the same for the same thing (version 8 of RFC 9562): a message
 * that is made once more is the same message.
 */
export function uuidOf(...name: readonly string[]): string {
  const hex = createHash('sha256')
    .update(JSON.stringify(['yikatong sichuan', ...name]))
    .digest('hex');
  const variant = ((Number.parseInt(hex.charAt(16), 16) % 4) + 8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

export function entryOf(resource: Resource & { readonly id: string }): Entry {
  return { fullUrl: `urn:uuid:${resource.id}`, resource };
}

export function refer(type: string, id: string, display?: string): Reference {
  return { reference: `urn:uuid:${id}`, type, ...(display === undefined ? {} : { display }) };
}

/** Whom a message is about and who takes part, with how to refer to each. */
export function partiesOf(record: CaseRecord) {
  const { referral, from, to } = record;
  const { doctor } = referral.form;
  const id = (what: string) => uuidOf(referral.caseId, what);
  const ids = { patient: id('patient'), doctor: id('doctor'), from: id('from'), to: id('to') };
  return {
    patient: refer('Patient', ids.patient),
    doctor: refer('Practitioner', ids.doctor, doctor.name),
    from: refer('Organization', ids.from, from.name),
    to: refer('Organization', ids.to, to.name),
    entries: [
      entryOf(patientOf(record, ids.patient)),
      entryOf({
        resourceType: 'Practitioner',
        id: ids.doctor,
        ...(doctor.number === undefined
          ? {}
          : { identifier: [{ system: OURS.staff, value: doctor.number }] }),
        name: [{ text: doctor.name }],
        ...telecomOf(doctor.phone),
      }),
      entryOf(organizationOf(from, ids.from)),
      entryOf(organizationOf(to, ids.to)),
    ],
  };
}

const genders: Readonly<Record<string, string>> = { 0: 'unknown', 1: 'male', 2: 'female' };

function patientOf({ referral }: CaseRecord, id: string) {
  const { identity, phone, address, recordNumber } = referral.patient;
  const { birthDate, sex } = personFacts(identity);
  const code = DOCUMENT_CODES[identity.documentType];
  const others = [
    [OURS.cardNumber, identity.cardNumber],
    [OURS.recordNumber, recordNumber],
  ] as const;
  return {
    resourceType: 'Patient',
    id,
    identifier: [
      {
        use: 'official',
        ...(code === undefined ? {} : { type: concept(SYSTEM.identifierType, code) }),
        system: OURS.document + identity.documentType,
        value: identity.documentNumber,
      },
      ...others.flatMap(([system, value]) => (value === undefined ? [] : [{ system, value }])),
    ],
    name: [{ text: identity.name }],
    ...given({ gender: genders[sex.code], birthDate }),
    ...telecomOf(phone),
    ...(address === undefined ? {} : { address: [{ text: address }] }),
  };
}

function organizationOf({ code, name }: Organisation, id: string) {
  return {
    resourceType: 'Organization',
    id,
    identifier: [{ use: 'official', system: OURS.organisation, value: code }],
    name,
  };
}

function telecomOf(phone: string | undefined) {
  return phone === undefined ? {} : { telecom: [{ system: 'phone', value: phone }] };
}
