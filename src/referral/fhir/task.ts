import type { Static } from 'typebox';
import type { Appointment, Outcome } from '../../../schemas/referral-content.ts';
import { BSER, businessStatusOf, OURS, SYSTEM } from './codes.ts';
import { type Dossier, metaOf, partiesOf, patientIdOf } from './dossier.ts';
import { laidOver } from './kept.ts';
import { concept, type Identifier, type Resource, referenceTo } from './resource.ts';

/** What the gateway itself says of a task; the rest is as it was posted. */
const MANAGED = ['status', 'statusReason', 'businessStatus', 'focus', 'for', 'lastModified', 'output'];

/** A referral as the task that both sides work on. */
export function taskOf(dossier: Dossier): Resource {
  const { referral, person, kept } = dossier;
  const { requester, owner } = partiesOf(dossier);
  const reason = referral.reason && {
    ...(referral.reason.code === undefined
      ? {}
      : { coding: [{ system: OURS.reason, code: referral.reason.code }] }),
    text: referral.reason.text,
  };
  const output = [...postedOutput(kept?.task), ...outputOf(referral.appointment, referral.outcome)];
  const businessStatus = businessStatusOf(referral.state);
  const task: Resource = {
    resourceType: 'Task',
    id: referral.id,
    meta: metaOf(referral, BSER.task),
    identifier: identifiersOf(dossier),
    groupIdentifier: { system: OURS.correlation, value: referral.correlationId },
    status: referral.status,
    ...(reason ? { statusReason: reason } : {}),
    ...(businessStatus ? { businessStatus } : {}),
    intent: 'order',
    priority: referral.priority,
    code: concept(SYSTEM.taskCode, 'fulfill'),
    focus: referenceTo('ServiceRequest', referral.id),
    for: referenceTo('Patient', patientIdOf(person)),
    authoredOn: referral.createdAt,
    lastModified: referral.updatedAt,
    requester,
    owner,
    ...(output.length > 0 ? { output } : {}),
  };
  return laidOver(kept?.task, task, MANAGED);
}

/** PLAC: what the initiator calls the case; FILL: what the recipient does, which only the recipient knows. */
export function identifiersOf(dossier: Dossier): Identifier[] {
  const { referral } = dossier;
  const { requester, owner } = partiesOf(dossier);
  const placer: Identifier = {
    type: concept(SYSTEM.identifierType, 'PLAC'),
    system: OURS.caseId,
    value: referral.caseId,
    assigner: requester,
  };
  if (referral.role === 'initiator') return [placer];
  const filler: Identifier = {
    type: concept(SYSTEM.identifierType, 'FILL'),
    system: OURS.atRecipient,
    value: referral.id,
    assigner: owner,
  };
  return [placer, filler];
}

function postedOutput(task: Resource | undefined): object[] {
  return Array.isArray(task?.output) ? (task.output as object[]) : [];
}

/** Appointment and outcome, a part in each output; acts.ts reads the same codes. */
export function outputOf(
  appointment: Static<typeof Appointment> | undefined,
  outcome: Static<typeof Outcome> | undefined,
): object[] {
  const text = (code: string, value: string | undefined) =>
    value === undefined ? [] : [{ type: concept(OURS.output, code), valueString: value }];
  return [
    ...(appointment
      ? [
          { type: concept(OURS.output, 'appointment-at', '预约时间'), valueDateTime: appointment.at },
          ...text('appointment-department', appointment.department.name),
          ...text('appointment-department-code', appointment.department.code),
          ...text('appointment-doctor', appointment.doctor),
          ...text('appointment-place', appointment.place),
          ...text('appointment-instructions', appointment.instructions),
        ]
      : []),
    ...(outcome
      ? [
          ...text('diagnosis', outcome.diagnosis),
          ...text('inpatient-number', outcome.inpatientNumber),
          ...text('findings', outcome.findings),
          ...text('treatment', outcome.treatment),
          ...text('next-plan', outcome.nextPlan),
          ...text('rehabilitation', outcome.rehabilitation),
          ...text('doctor', outcome.doctor.name),
          ...text('doctor-phone', outcome.doctor.phone),
          ...text('doctor-number', outcome.doctor.number),
        ]
      : []),
  ];
}
