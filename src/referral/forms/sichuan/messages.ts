import type { Attachment } from '../../../../schemas/attachment.ts';
import { OURS, SYSTEM } from '../../fhir/codes.ts';
import { type Bundle, concept, type Entry, type Resource } from '../../fhir/resource.ts';
import type { CaseRecord } from '../record.ts';
import { ACTIVITIES, type ActivityCode, type Occasion, occasionOf } from './activities.ts';
import { MEDICAL_SERVICE, participant, REFERRAL_APPOINTMENT } from './codes.ts';
import { fileDocument, formDocument } from './documents.ts';
import { entryOf, GUIDE, partiesOf, refer, uuidOf } from './resources.ts';

type Activity = Resource & { readonly id: string };

/**
 * The message of an activity: its header, the resource of the activity, and what that is about. It is made anew each
 * time and is the same each time, its id included; what happens once more is another message. Fault `form.no-activity`
 * where it has not happened yet. `files` are what the sender attached: they go with C01004.
 */
export function messageOf(record: CaseRecord, code: ActivityCode, files: readonly Attachment[]): Bundle {
  const occasion = occasionOf(record, code);
  const { entries } = partiesOf(record);
  const [activity, ...documents] = bodyOf(record, code, occasion, files);
  const header = headerOf(record, code, occasion, activity);
  return {
    resourceType: 'Bundle',
    id: uuidOf(header.id, 'bundle'),
    identifier: { system: 'urn:ietf:rfc:3986', value: `urn:uuid:${header.id}` },
    type: 'message',
    timestamp: occasion.at,
    entry: [entryOf(header), entryOf(activity), ...entries, ...documents],
  };
}

function bodyOf(
  record: CaseRecord,
  code: ActivityCode,
  occasion: Occasion,
  files: readonly Attachment[],
): [Activity, ...Entry[]] {
  switch (code) {
    case 'C01001':
      return [requestOf(record, occasion), entryOf(formDocument(record))];
    case 'C01002':
      return [answerOf(record, occasion)];
    case 'C01003':
      return [arrivalOf(record, occasion)];
    case 'C01004': {
      const documents = [formDocument(record), ...files.map((file) => fileDocument(record, file))];
      const [form, ...others] = documents.map(entryOf);
      return [submissionOf(record, occasion, documents), form!, ...others];
    }
  }
}

function headerOf(record: CaseRecord, code: ActivityCode, occasion: Occasion, activity: Activity) {
  const { display, definition, sender } = ACTIVITIES[code];
  const { from, to } = partiesOf(record);
  const [ours, theirs] = sender === 'from' ? [from, to] : [to, from];
  const [source, destination] = sender === 'from' ? [record.from, record.to] : [record.to, record.from];
  const answers = code === 'C01002' || code === 'C01003';
  return {
    resourceType: 'MessageHeader',
    id: headerIdOf(record, code, occasion, activity),
    eventCoding: { system: GUIDE.activity, code, display },
    destination: [
      { name: destination.name, endpoint: `${OURS.organisation}:${destination.code}`, receiver: theirs },
    ],
    sender: ours,
    source: {
      name: source.name,
      software: '一卡通网关 Yikatong',
      endpoint: `${OURS.organisation}:${source.code}`,
    },
    ...(answers ? { response: { identifier: requestIdOf(record), code: 'ok' } } : {}),
    focus: [refer(activity.resourceType, activity.id)],
    definition: `${GUIDE.definition}${definition}`,
  };
}

/** 消息ID,重发不变: another only where the message is another, as after a second arrival or a further file. */
function headerIdOf(
  record: CaseRecord,
  code: ActivityCode,
  { type, at }: Occasion,
  activity: Activity,
): string {
  return uuidOf(record.referral.caseId, code, type, code === 'C01001' ? '' : at, activity.id);
}

function requestIdOf(record: CaseRecord): string {
  const { referral } = record;
  return uuidOf(referral.caseId, 'C01001', 'send', '', appointmentIdOf(record));
}

function appointmentIdOf({ referral }: CaseRecord): string {
  return uuidOf(referral.caseId, 'appointment');
}

/** C01001: an appointment is proposed; when it will be is for the receiver to say. */
function requestOf(record: CaseRecord, { at }: Occasion): Activity {
  const { caseId, form, department } = record.referral;
  const { patient, doctor } = partiesOf(record);
  const document = formDocument(record);
  const { code, name } = department;
  return {
    resourceType: 'Appointment',
    id: appointmentIdOf(record),
    meta: { profile: [`${GUIDE.profile}hospital-referral`] },
    identifier: [{ system: GUIDE.referralNumber, value: caseId }],
    status: 'proposed',
    serviceCategory: [MEDICAL_SERVICE],
    serviceType: [REFERRAL_APPOINTMENT],
    specialty: [code === undefined ? { text: name } : concept(OURS.department, code, name)],
    reasonCode: [{ text: form.impression }],
    supportingInformation: [refer('DocumentReference', document.id)],
    created: at,
    comment: form.presentIllness,
    // The guide fixes both states: the doctor's is to be answered, the patient has agreed.
    participant: [
      { type: [participant('doctor')], actor: doctor, status: 'needs-action' },
      { type: [participant('patient')], actor: patient, status: 'accepted' },
    ],
  };
}

/** C01002: 同意 or 不同意. Which doctor answered is not known. */
function answerOf(record: CaseRecord, occasion: Occasion): Activity {
  const { type, text, reason } = occasion;
  const comment = [reason?.text, text].filter((each) => each !== undefined).join('\n');
  return {
    ...responseOf(record, occasion),
    participantType: [participant('doctor')],
    participantStatus: type === 'accept' ? 'accepted' : 'declined',
    ...(comment === '' ? {} : { comment }),
  };
}

/** C01003: 患者已到诊. */
function arrivalOf(record: CaseRecord, occasion: Occasion): Activity {
  return {
    ...responseOf(record, occasion),
    participantType: [participant('patient')],
    actor: partiesOf(record).patient,
    participantStatus: 'accepted',
    comment: occasion.text ?? '患者已到诊',
  };
}

function responseOf(record: CaseRecord, { type, at }: Occasion): Activity {
  const { caseId } = record.referral;
  return {
    resourceType: 'AppointmentResponse',
    id: uuidOf(caseId, 'response', type, at),
    meta: { profile: [`${GUIDE.profile}hospital-referral-response`] },
    identifier: [{ system: GUIDE.responseNumber, value: caseId }],
    appointment: {
      ...refer('Appointment', appointmentIdOf(record)),
      identifier: { system: GUIDE.referralNumber, value: caseId },
    },
  };
}

/** C01004: the documents, the form and the files. */
function submissionOf(
  record: CaseRecord,
  { at }: Occasion,
  documents: readonly { readonly id: string }[],
): Activity {
  const { caseId, id } = record.referral;
  const { patient, doctor, to } = partiesOf(record);
  const [form] = documents;
  return {
    resourceType: 'Task',
    // The addresses of the files are those of this gateway.
    id: uuidOf(caseId, 'submission', id, at, ...documents.map((document) => document.id)),
    instantiatesCanonical: `${GUIDE.activityDefinition}medical-records-submitted`,
    groupIdentifier: { system: GUIDE.referralNumber, value: caseId },
    status: 'requested',
    intent: 'proposal',
    businessStatus: concept(GUIDE.activity, 'C01004', ACTIVITIES.C01004.display),
    code: concept(SYSTEM.taskCode, 'approve'),
    description: '患者到转入医院办理手续入院后,转出医院上传病历信息。',
    focus: refer('DocumentReference', form!.id),
    for: patient,
    authoredOn: at,
    lastModified: at,
    requester: doctor,
    owner: to,
    input: documents.map((document) => ({
      type: { text: '病历文书' },
      valueReference: refer('DocumentReference', document.id),
    })),
  };
}
