import { sql } from 'kysely';
import { insertion, query } from '../../store/query.ts';
import type { AttachmentTables } from './tables.ts';

export type AttachmentRow = AttachmentTables['referral_attachments'];
type PartRow = AttachmentTables['referral_attachment_parts'];
export type CaseKey = Pick<AttachmentRow, 'peer' | 'case_id' | 'role'>;
export type AttachmentKey = CaseKey & Pick<AttachmentRow, 'id'>;

export const insertAttachment = insertion('attachment.insert', 'referral_attachments', [
  'peer',
  'case_id',
  'role',
  'id',
  'origin',
  'correlation_id',
  'number',
  'head',
  'bytes',
  'sha256',
  'state',
  'reason',
  'parts',
  'queued',
  'done',
  'file',
  'file_key',
  'created_at',
  'updated_at',
]);

export const attachmentsOfCase = query<CaseKey, AttachmentRow>(
  'attachment.ofCase',
  (db, arg) =>
    db
      .selectFrom('referral_attachments')
      .selectAll()
      .where('peer', '=', arg('peer'))
      .where('case_id', '=', arg('case_id'))
      .where('role', '=', arg('role'))
      .orderBy('id'),
  { hot: true },
);

export const attachmentByKey = query<AttachmentKey, AttachmentRow>(
  'attachment.byKey',
  (db, arg) =>
    db
      .selectFrom('referral_attachments')
      .selectAll()
      .where('peer', '=', arg('peer'))
      .where('case_id', '=', arg('case_id'))
      .where('role', '=', arg('role'))
      .where('id', '=', arg('id')),
  { hot: true },
);

/** The same, locked on PostgreSQL until the unit ends. */
export const attachmentToChange = query<AttachmentKey, AttachmentRow>(
  'attachment.toChange',
  (db, arg, dialect) => {
    const row = db
      .selectFrom('referral_attachments')
      .selectAll()
      .where('peer', '=', arg('peer'))
      .where('case_id', '=', arg('case_id'))
      .where('role', '=', arg('role'))
      .where('id', '=', arg('id'));
    return dialect === 'postgres' ? row.forUpdate() : row;
  },
  { hot: true },
);

/** Ours, by the id its messages carry. */
export const ownAttachmentToChange = query<{ peer: string; id: string }, AttachmentRow>(
  'attachment.ownToChange',
  (db, arg, dialect) => {
    const row = db
      .selectFrom('referral_attachments')
      .selectAll()
      .where('id', '=', arg('id'))
      .where('peer', '=', arg('peer'))
      .where('origin', '=', 'own');
    return dialect === 'postgres' ? row.forUpdate() : row;
  },
  { hot: true },
);

/** Written into the text, since a partial index is only used when its condition is a literal. */
const UNFINISHED = sql<boolean>`state in ('sending', 'whole')`;

/** Parts of one file in the outbox at once: a file never fills the store a second time. */
export const WINDOW = 4;
const HAS_WORK = sql<boolean>`(state = 'whole' or (queued < parts and queued - done < ${sql.lit(WINDOW)}))`;

/** What the worker has to do: files to put on their way, and whole ones to be looked into. */
export const unfinishedAttachments = query<{ limit: number }, AttachmentRow>(
  'attachment.unfinished',
  (db, arg) =>
    db
      .selectFrom('referral_attachments')
      .selectAll()
      .where(UNFINISHED)
      .where(HAS_WORK)
      .orderBy('updated_at')
      .limit(arg('limit')),
);

export const changeAttachment = query<
  AttachmentKey &
    Pick<AttachmentRow, 'state' | 'reason' | 'queued' | 'done' | 'file' | 'file_key' | 'updated_at'>
>('attachment.change', (db, arg) =>
  db
    .updateTable('referral_attachments')
    .set({
      state: arg('state'),
      reason: arg('reason'),
      queued: arg('queued'),
      done: arg('done'),
      file: arg('file'),
      file_key: arg('file_key'),
      updated_at: arg('updated_at'),
    })
    .where('peer', '=', arg('peer'))
    .where('case_id', '=', arg('case_id'))
    .where('role', '=', arg('role'))
    .where('id', '=', arg('id')),
);

/** What one organisation has begun to send and not finished. */
export const unfinishedBytes = query<{ peer: string }, { bytes: number | string | null }>(
  'attachment.unfinishedBytes',
  (db, arg) =>
    db
      .selectFrom('referral_attachments')
      .select((eb) => eb.fn.sum<number>('bytes').as('bytes'))
      .where('peer', '=', arg('peer'))
      .where(sql<boolean>`state in ('receiving', 'whole')`),
);

export const insertPart = insertion('attachment.insertPart', 'referral_attachment_parts', [
  'peer',
  'case_id',
  'role',
  'id',
  'part',
  'data',
]);

export const partRow = query<AttachmentKey & { part: number }, PartRow>(
  'attachment.part',
  (db, arg) =>
    db
      .selectFrom('referral_attachment_parts')
      .selectAll()
      .where('peer', '=', arg('peer'))
      .where('case_id', '=', arg('case_id'))
      .where('role', '=', arg('role'))
      .where('id', '=', arg('id'))
      .where('part', '=', arg('part')),
  { hot: true },
);

export const deleteParts = query<AttachmentKey>('attachment.deleteParts', (db, arg) =>
  db
    .deleteFrom('referral_attachment_parts')
    .where('peer', '=', arg('peer'))
    .where('case_id', '=', arg('case_id'))
    .where('role', '=', arg('role'))
    .where('id', '=', arg('id')),
);

/** Files that stopped coming. */
export const abandonedAttachments = query<{ before: number; limit: number }, AttachmentRow>(
  'attachment.abandoned',
  (db, arg) =>
    db
      .selectFrom('referral_attachments')
      .selectAll()
      .where('state', '=', 'receiving')
      .where('updated_at', '<', arg('before'))
      .limit(arg('limit')),
);

export const attachmentByFile = query<{ file: string }, { id: string }>('attachment.byFile', (db, arg) =>
  db.selectFrom('referral_attachments').select('id').where('file', '=', arg('file')),
);
