import type { StateName } from '../machine.ts';
import { STATES } from '../machine.ts';

/** Profiles of HL7 BSeR (hl7.org/fhir/us/bser) that what we emit conforms to. */
export const BSER = {
  task: 'http://hl7.org/fhir/us/bser/StructureDefinition/referral-task',
  serviceRequest: 'http://hl7.org/fhir/us/bser/StructureDefinition/referral-servicerequest',
  messageHeader: 'http://hl7.org/fhir/us/bser/StructureDefinition/BSeR-ReferralMessageHeader',
  messageBundle: 'http://hl7.org/fhir/us/bser/StructureDefinition/BSeR-ReferralMessageBundle',
} as const;

/** The profile of HL7 Clinical Order Workflows (hl7.org/fhir/uv/cow) that we use. */
export const COW = {
  cancellationRequest: 'http://hl7.org/fhir/uv/cow/StructureDefinition/cancellation-request-task',
} as const;

/** Code systems of others. */
export const SYSTEM = {
  businessStatus: 'http://hl7.org/fhir/us/bser/CodeSystem/TaskBusinessStatusCS',
  taskCode: 'http://hl7.org/fhir/CodeSystem/task-code',
  identifierType: 'http://terminology.hl7.org/CodeSystem/v2-0203',
  messageEvent: 'http://terminology.hl7.org/CodeSystem/v2-0003',
  consentScope: 'http://terminology.hl7.org/CodeSystem/consentscope',
  snomed: 'http://snomed.info/sct',
  loinc: 'http://loinc.org',
} as const;

/** Systems of ours: no web address is claimed for them. */
export const OURS = {
  businessStatus: 'urn:yikatong:fhir:business-status',
  direction: 'urn:yikatong:fhir:direction',
  level: 'urn:yikatong:fhir:organisation-level',
  section: 'urn:yikatong:fhir:form-section',
  output: 'urn:yikatong:fhir:task-output',
  consentGiven: 'urn:yikatong:fhir:consent-given',
  consentBy: 'urn:yikatong:fhir:consent-by',
  reason: 'urn:yikatong:fhir:reason',
  department: 'urn:yikatong:department',
  organisation: 'urn:yikatong:organisation',
  staff: 'urn:yikatong:staff-number',
  caseId: 'urn:yikatong:case',
  atRecipient: 'urn:yikatong:case-at-recipient',
  correlation: 'urn:yikatong:correlation',
  recordNumber: 'urn:yikatong:record-number',
  cardId: 'urn:yikatong:card-id',
  cardNumber: 'urn:yikatong:card-number',
  document: 'urn:yikatong:document:',
  attachment: 'urn:yikatong:attachment',
  attachmentKind: 'urn:yikatong:fhir:attachment-kind',
  sha256: 'urn:yikatong:sha256',
  problem: 'urn:yikatong:problem',
  place: 'urn:yikatong:place-of-error',
  communication: 'urn:yikatong:fhir:referral-event',
} as const;

/** Displays of TaskBusinessStatusCS as published (2.0.0-ballot). */
const displays: Readonly<Record<string, string>> = {
  '2.0': 'Service Request Created',
  '3.0': 'Service Request Accepted',
  '4.0': 'Service Request Declined',
  '5.1.1': 'Service Request Event Scheduled',
  '5.1.2': 'Scheduled Service Request Event Unattended',
  '5.1.3': 'Scheduled Service Request Event Cancelled',
  '5.1.4': 'Service Request Event Completed',
  '5.2': 'Service Request Cancellation Requested',
  '6.0': 'Service Request Fulfillment Cancelled',
  '7.0': 'Service Request Fulfillment Completed',
};

/** STU1 of BSeR wrote 5.4 where STU2 writes 5.2. */
const FORMER: Readonly<Record<string, string>> = { '5.4': '5.2' };

/** The business status of a state as FHIR has it; none for a draft. What BSeR does not list is in our own system. */
export function businessStatusOf(state: StateName) {
  const { businessStatus: code, zh } = STATES[state];
  if (code === null) return undefined;
  const display = displays[code];
  const coding = display
    ? { system: SYSTEM.businessStatus, code, display }
    : { system: OURS.businessStatus, code };
  return { coding: [coding], text: zh };
}

/** The code that a business status means to us; undefined where no coding of it is of BSeR or ours. */
export function businessCodeOf(coding: readonly { system?: string; code?: string }[]): string | undefined {
  for (const { system, code } of coding) {
    if (code === undefined) continue;
    if (system === undefined || system === SYSTEM.businessStatus || system === OURS.businessStatus)
      return FORMER[code] ?? code;
  }
  return undefined;
}
