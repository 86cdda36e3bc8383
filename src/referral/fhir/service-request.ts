import type { Referral } from '../../../schemas/referral.ts';
import { BSER, OURS, SYSTEM } from './codes.ts';
import { type Dossier, metaOf, partiesOf, patientIdOf } from './dossier.ts';
import { laidOver } from './kept.ts';
import { type CodeableConcept, concept, type Resource, referenceTo } from './resource.ts';
import { requestStatusOf } from './search.ts';
import { identifiersOf } from './task.ts';

const MANAGED = ['status', 'subject'];

const directions = { up: '上转', down: '下转', across: '平转' } as const;

/** The sections of the outgoing form (转出单) that have no element of their own. */
export const SECTIONS = {
  presentIllness: '主要现病史(转出原因)',
  pastHistory: '主要既往史',
  treatment: '治疗经过',
  allergies: '过敏史',
} as const;

/** A referral as the request that the task is about. */
export function serviceRequestOf(dossier: Dossier): Resource {
  const { referral, person, kept } = dossier;
  const { owner } = partiesOf(dossier);
  const { form, department } = referral;
  const request: Resource = {
    resourceType: 'ServiceRequest',
    id: referral.id,
    meta: metaOf(referral, BSER.serviceRequest),
    contained: [doctorOf(dossier), consentOf(dossier)],
    identifier: identifiersOf(dossier),
    requisition: { system: OURS.correlation, value: referral.correlationId },
    status: requestStatusOf(referral.state),
    intent: 'order',
    category: [concept(OURS.direction, referral.direction, directions[referral.direction])],
    priority: referral.priority,
    code: {
      coding: [{ system: SYSTEM.snomed, code: '3457005', display: 'Patient referral' }],
      text: '双向转诊',
    },
    subject: referenceTo('Patient', patientIdOf(person)),
    authoredOn: referral.createdAt,
    requester: { reference: '#doctor', display: form.doctor.name },
    performerType: departmentOf(department),
    performer: [owner],
    reasonCode: [{ text: form.impression }],
    supportingInfo: [{ reference: '#consent' }],
    note: (Object.keys(SECTIONS) as (keyof typeof SECTIONS)[]).flatMap((section) => {
      const text = form[section];
      if (text === undefined) return [];
      return [{ extension: [{ url: OURS.section, valueCode: section }], text }];
    }),
  };
  return laidOver(kept?.serviceRequest, request, MANAGED);
}

function departmentOf({ code, name }: Referral['department']): CodeableConcept {
  return { ...(code === undefined ? {} : { coding: [{ system: OURS.department, code }] }), text: name };
}

/** The referring doctor, at the organisation that refers. */
function doctorOf(dossier: Dossier): Resource {
  const { name, phone, number } = dossier.referral.form.doctor;
  return {
    resourceType: 'PractitionerRole',
    id: 'doctor',
    practitioner: {
      ...(number === undefined ? {} : { identifier: { system: OURS.staff, value: number } }),
      display: name,
    },
    organization: partiesOf(dossier).requester,
    ...(phone === undefined ? {} : { telecom: [{ system: 'phone', value: phone }] }),
  };
}

/** The patient's consent to being referred: how it was given and by whom. A deferred one is proposed. */
function consentOf({ referral: { consent }, person }: Dossier): Resource {
  return {
    resourceType: 'Consent',
    id: 'consent',
    status: consent.given === 'deferred' ? 'proposed' : 'active',
    scope: concept(SYSTEM.consentScope, 'treatment'),
    category: [concept(OURS.consentGiven, consent.given), concept(OURS.consentBy, consent.by)],
    patient: referenceTo('Patient', patientIdOf(person)),
    ...(consent.at === undefined ? {} : { dateTime: consent.at }),
    policyRule: { text: '转诊知情同意 / consent to the referral' },
  };
}
