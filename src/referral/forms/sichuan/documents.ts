import type { Attachment } from '../../../../schemas/attachment.ts';
import { pageOfSheet } from '../page.ts';
import { outgoingForm } from '../paper.ts';
import { type CaseRecord, sentAt } from '../record.ts';
import { sheetOf } from '../sheet.ts';
import { RECORD_DOCUMENT } from './codes.ts';
import { GUIDE, partiesOf, uuidOf } from './resources.ts';

/** 双向转诊(转出)单 as it was sent: what an appointment adds later would make another document of it. */
export function formDocument(record: CaseRecord) {
  const { appointment: _later, ...referral } = record.referral;
  const page = Buffer.from(pageOfSheet(sheetOf(outgoingForm({ ...record, referral }))));
  return documentOf(record, {
    id: uuidOf(record.referral.caseId, 'outgoing form'),
    title: '双向转诊(转出)单',
    date: sentAt(record),
    content: { contentType: 'text/html; charset=utf-8', size: page.length, data: page.toString('base64') },
  });
}

/** A file of the referral. It is fetched from the gateway that gives the message. */
export function fileDocument(record: CaseRecord, file: Attachment) {
  return documentOf(record, {
    id: uuidOf(record.referral.caseId, 'file', file.id),
    title: file.name,
    date: file.createdAt,
    description: file.description,
    content: {
      contentType: file.mediaType,
      size: file.bytes,
      url: `/v1/referrals/${record.referral.id}/attachments/${file.id}`,
    },
  });
}

interface Described {
  readonly id: string;
  readonly title: string;
  readonly date: string;
  readonly description?: string | undefined;
  readonly content: object;
}

function documentOf(record: CaseRecord, { id, title, date, description, content }: Described) {
  const { patient, doctor, from } = partiesOf(record);
  return {
    resourceType: 'DocumentReference',
    id,
    meta: { profile: [`${GUIDE.profile}medical-record-documentation`] },
    masterIdentifier: { system: GUIDE.documentNumber, value: id },
    status: 'current',
    // Both are fixed by the guide, which leaves the code of the category open.
    type: RECORD_DOCUMENT,
    category: [{ text: '转诊(院)记录' }],
    subject: patient,
    date,
    author: [doctor],
    custodian: from,
    description: description ?? title,
    content: [{ attachment: { language: 'zh-CN', title, creation: date, ...content } }],
  };
}
