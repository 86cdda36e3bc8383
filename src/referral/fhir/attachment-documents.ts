import { createHash } from 'node:crypto';
import Compile from 'typebox/compile';
import {
  ATTACHMENT_KINDS,
  type Attachment,
  AttachmentName,
  type AttachmentKind as Kind,
} from '../../../schemas/attachment.ts';
import type { Caller } from '../../access/caller.ts';
import { Fault } from '../../errors.ts';
import type { AttachmentService, Described } from '../attachments/service.ts';
import { OURS } from './codes.ts';
import { type Dossier, partiesOf, patientIdOf } from './dossier.ts';
import { codeIn, listAt, textAt } from './look-in.ts';
import { concept, type Resource, referenceTo } from './resource.ts';
import { referenceId } from './search.ts';

const fileName = Compile(AttachmentName);

const KINDS: Readonly<Record<Kind, string>> = {
  summary: '病历摘要',
  'front-page': '病案首页',
  'laboratory-report': '检验报告',
  'imaging-report': '检查报告',
  dicom: '影像或其引用',
  'diagnosis-certificate': '诊断证明',
  consent: '知情同意书',
  other: '其他',
};

/** The id of a file's document: two whole ids are longer than FHIR lets one be. */
export function documentIdOf(referralId: string, attachmentId: string): string {
  const short = createHash('sha256').update(attachmentId).digest('hex').slice(0, 16);
  return `${referralId}.${short}`;
}

/** A file that goes with a referral, as a document whose content is fetched from `/v1`. */
export function attachmentDocumentOf(dossier: Dossier, attachment: Attachment): Resource {
  const { referral, person } = dossier;
  const { requester, owner } = partiesOf(dossier);
  const { id, by, kind, name, description, mediaType, bytes, state, createdAt, updatedAt } = attachment;
  const here = !['receiving', 'whole', 'refused'].includes(state) || isOwn(dossier, attachment);
  return {
    resourceType: 'DocumentReference',
    id: documentIdOf(referral.id, id),
    meta: { versionId: String(Date.parse(updatedAt)), lastUpdated: updatedAt },
    identifier: [
      { system: OURS.attachment, value: id },
      { system: OURS.sha256, value: attachment.sha256 },
    ],
    status: state === 'refused' ? 'entered-in-error' : 'current',
    docStatus: here ? 'final' : 'preliminary',
    type: concept(OURS.attachmentKind, kind, KINDS[kind]),
    subject: referenceTo('Patient', patientIdOf(person)),
    date: createdAt,
    author: [by === 'initiator' ? requester : owner],
    ...(description === undefined ? {} : { description }),
    content: [
      {
        attachment: {
          contentType: mediaType,
          ...(here ? { url: `/v1/referrals/${referral.id}/attachments/${id}` } : {}),
          size: bytes,
          title: name,
          creation: createdAt,
        },
      },
    ],
    context: {
      related: [referenceTo('ServiceRequest', referral.id), referenceTo('Task', referral.id)],
    },
  };
}

function isOwn({ referral }: Dossier, { by }: Attachment): boolean {
  return referral.role === by;
}

/** The same with the whole address of its content. `base` is where this server stands: https://host/fhir. */
export function addressed(resource: Resource, base: string): Resource {
  const ours = listAt(resource, 'identifier').some(({ system }) => system === OURS.attachment);
  const url = textAt(resource, 'content', 0, 'attachment', 'url');
  if (resource.resourceType !== 'DocumentReference' || !ours || !url?.startsWith('/v1/')) return resource;
  const [content] = listAt(resource, 'content');
  const whole = { ...(content!.attachment as object), url: new URL(url, base).href };
  return { ...resource, content: [{ attachment: whole }] };
}

/** Attaches the content of a posted document to its referral; the same file again is the attachment that it was. */
export async function attachDocument(
  attachments: AttachmentService,
  by: Caller,
  document: Resource,
): Promise<{ readonly id: string; readonly created: boolean }> {
  const referral = referralIn(document);
  const { described, content } = fileIn(document);
  const row = await attachments.check(referral);
  const written = await attachments.keep(oneChunk(content));
  const { attachment, created } = await attachments.attach(by, row, described, written);
  return { id: documentIdOf(referral, attachment.id), created };
}

async function* oneChunk(content: Buffer): AsyncGenerator<Buffer> {
  yield content;
}

function referralIn(document: Resource): string {
  for (const related of listAt(document, 'context', 'related')) {
    const reference = textAt(related, 'reference') ?? '';
    const type = /(?:^|\/)(Task|ServiceRequest)\//.exec(reference)?.[1];
    if (type !== undefined) return referenceId('related', reference, type);
  }
  const detail = 'context.related names the Task or the ServiceRequest';
  throw new Fault('fhir.resource', { pointer: '/body/context/related', detail });
}

function fileIn(document: Resource): { described: Described; content: Buffer } {
  const [content, second] = listAt(document, 'content');
  const fail = (member: string, detail: string) =>
    new Fault('fhir.resource', { pointer: `/body/content/0/attachment${member}`, detail });
  if (second) throw fail('', 'one content each');
  const data = textAt(content, 'attachment', 'data')?.replaceAll(/\s/g, '');
  if (data === undefined || data.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(data))
    throw fail('/data', 'base64 is expected; a longer file is uploaded to /v1/referrals/{id}/attachments');
  const name = textAt(content, 'attachment', 'title');
  if (name === undefined || !fileName.Check(name))
    throw new Fault('file.name', { pointer: '/body/content/0/attachment/title' });
  const code = codeIn([document.type, ...listAt(document, 'category')], OURS.attachmentKind);
  const kind = ATTACHMENT_KINDS.find((each) => each === (code ?? 'other'));
  if (kind === undefined)
    throw new Fault('fhir.resource', { pointer: '/body/type', detail: ATTACHMENT_KINDS.join(', ') });
  const description = textAt(document, 'description')?.slice(0, 500);
  const declaredType = textAt(content, 'attachment', 'contentType')?.split(';')[0]?.trim();
  return {
    content: Buffer.from(data, 'base64'),
    described: {
      ...{ kind, name, declaredType },
      ...(description === undefined ? {} : { description }),
    },
  };
}
