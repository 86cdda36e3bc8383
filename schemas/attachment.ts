import Type, { type Static } from 'typebox';
import { Id, OneOf, Strict, Text, Timestamp } from './common.ts';

/** What an attachment is to the doctors of the other side. */
export const ATTACHMENT_KINDS = [
  'summary',
  'front-page',
  'laboratory-report',
  'imaging-report',
  'dicom',
  'diagnosis-certificate',
  'consent',
  'other',
] as const;

/** What an attachment may be made of, told by its first bytes and never by its name. */
export const MEDIA_TYPES = [
  'application/pdf',
  'image/jpeg',
  'image/png',
  'image/tiff',
  'application/dicom',
  'application/dicom+json',
  'application/xml',
] as const;

/** See src/referral/attachments/machine.ts. */
export const ATTACHMENT_STATES = [
  'sending',
  'stalled',
  'sent',
  'receiving',
  'whole',
  'taken',
  'refused',
] as const;
export type AttachmentState = (typeof ATTACHMENT_STATES)[number];

export const AttachmentKind = OneOf(ATTACHMENT_KINDS, {
  description:
    'summary 病历摘要;front-page 病案首页;laboratory-report 检验报告;imaging-report 检查报告;dicom 影像或其引用;diagnosis-certificate 诊断证明;consent 知情同意书;other 其他',
});

export const AttachmentName = Type.String({
  pattern: '^[^\\x00-\\x1f/\\\\:*?"<>|\\x7f]{1,200}$',
  description: '文件名 / file name',
});

const Sha256 = Type.String({ pattern: '^[0-9a-f]{64}$' });

export const Attachment = Strict(
  {
    id: Id,
    by: OneOf(['initiator', 'recipient'], { description: '哪一方附上的 / which end attached it' }),
    kind: AttachmentKind,
    name: AttachmentName,
    description: Type.Optional(Text(500)),
    mediaType: OneOf(MEDIA_TYPES),
    bytes: Type.Integer(),
    sha256: Sha256,
    state: OneOf(ATTACHMENT_STATES, {
      description:
        'sending 传送中;stalled 有一段未能送达;sent 已送达,待对方核对;receiving 接收中;whole 已收齐,待核对;taken 核对无误;refused 被拒绝,见 reason',
    }),
    parts: Strict(
      { done: Type.Integer(), total: Type.Integer() },
      { description: '已传送的段数 / parts carried' },
    ),
    reason: Type.Optional(Type.String({ description: '被拒绝的原因(错误码)/ an error code' })),
    createdAt: Timestamp,
    updatedAt: Timestamp,
  },
  { description: '转诊附件 / a file that goes with a referral' },
);

export const AttachmentList = Strict({ items: Type.Array(Attachment) });
export const AttachmentParams = Strict({ id: Id, attachment: Id });

/** One part of a file carries this much, so that its message is 128 KiB of base64. */
export const PART_BYTES = 98_304;

/** Files on the wire may be this large at most, whatever a gateway takes. */
const BYTES_MAX = 1_073_741_824;

/** What every part says of the file it belongs to. */
export const AttachmentHead = Strict({
  id: Type.String({ pattern: '^[A-Za-z0-9-]{8,40}$' }),
  kind: AttachmentKind,
  name: AttachmentName,
  description: Type.Optional(Text(500)),
  mediaType: OneOf(MEDIA_TYPES),
  bytes: Type.Integer({ minimum: 1, maximum: BYTES_MAX }),
  sha256: Sha256,
});

/** The body of a referral.attachment message: one part of a file. */
export const AttachmentMessage = Strict({
  version: Type.Literal(1),
  caseId: Id,
  by: OneOf(['initiator', 'recipient']),
  file: AttachmentHead,
  /** From 0. */
  part: Type.Integer({ minimum: 0, maximum: 20_000 }),
  data: Type.String({ maxLength: 131_072, pattern: '^[A-Za-z0-9+/]+={0,2}$' }),
});

/** The body of a referral.attachment-receipt message: what the other side makes of the whole file. */
export const AttachmentReceipt = Strict({
  version: Type.Literal(1),
  caseId: Id,
  /** Who attached the file. */
  by: OneOf(['initiator', 'recipient']),
  id: AttachmentHead.properties.id,
  outcome: OneOf(['taken', 'refused']),
  reason: Type.Optional(Type.String({ pattern: '^[a-z.-]{1,64}$' })),
});

export type Attachment = Static<typeof Attachment>;
export type AttachmentKind = (typeof ATTACHMENT_KINDS)[number];
export type MediaType = (typeof MEDIA_TYPES)[number];
export type AttachmentHead = Static<typeof AttachmentHead>;
export type AttachmentMessage = Static<typeof AttachmentMessage>;
export type AttachmentReceipt = Static<typeof AttachmentReceipt>;
