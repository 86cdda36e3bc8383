import type { Attachment, AttachmentHead } from '../../../schemas/attachment.ts';
import type { Vault } from '../../access/vault.ts';
import { timestampOf } from '../../clock.ts';
import type { Party } from '../machine.ts';
import type { AttachmentKey, AttachmentRow } from './queries.ts';

export function headPurpose(id: string): string {
  return `attachment ${id}`;
}

export function keyPurpose(id: string): string {
  return `attachment-key ${id}`;
}

export function partPurpose(id: string, part: number): string {
  return `attachment-part ${id} ${part}`;
}

/** What its parts say of a file. */
export function headOf(vault: Vault, row: AttachmentRow): AttachmentHead {
  return vault.openJson<AttachmentHead>(headPurpose(row.id), row.head);
}

/** Which end attached it. */
export function partyOf({ origin, role }: Pick<AttachmentRow, 'origin' | 'role'>): Party {
  if (origin === 'own') return role;
  return role === 'initiator' ? 'recipient' : 'initiator';
}

export function keyOf({ peer, case_id, role, id }: AttachmentKey): AttachmentKey {
  return { peer, case_id, role, id };
}

/** A file as an answer shows it. */
export function attachmentOf(vault: Vault, row: AttachmentRow): Attachment {
  const { id, kind, name, description, mediaType } = headOf(vault, row);
  return {
    id,
    by: partyOf(row),
    kind,
    name,
    ...(description === undefined ? {} : { description }),
    mediaType,
    bytes: row.bytes,
    sha256: row.sha256,
    state: row.state,
    parts: { done: row.done, total: row.parts },
    ...(row.reason === null ? {} : { reason: row.reason }),
    createdAt: timestampOf(row.created_at),
    updatedAt: timestampOf(row.updated_at),
  };
}
