import type { Attachment, AttachmentHead, AttachmentKind, MediaType } from '../../../schemas/attachment.ts';
import type { AuditTrail } from '../../access/audit.ts';
import type { Caller } from '../../access/caller.ts';
import type { Vault } from '../../access/vault.ts';
import type { Clock, Ids } from '../../clock.ts';
import { Fault } from '../../errors.ts';
import type { Events } from '../../events/events.ts';
import type { Store } from '../../store/port.ts';
import { type ReferralRow, referralById } from '../queries.ts';
import { type AttachmentFiles, TooLong, type WrittenFile } from './files.ts';
import { attachmentOf, headOf, headPurpose, keyPurpose } from './model.ts';
import type { VirusScanner } from './port.ts';
import {
  type AttachmentRow,
  abandonedAttachments,
  attachmentByFile,
  attachmentByKey,
  attachmentsOfCase,
  attachmentToChange,
  changeAttachment,
  deleteParts,
  insertAttachment,
} from './queries.ts';
import { type AttachmentLimits, agrees, mediaTypeOf, partsOf } from './rules.ts';

/** Referrals that nothing can be attached to: one that never was sent, and those that came to nothing. */
const CLOSED: ReadonlySet<string> = new Set(['draft', 'declined', 'cancelled']);

/** A file that stopped coming, or waits for a referral that never came, is given up after the longest holiday. */
const ABANDONED_MS = 10 * 24 * 3_600_000;
const ORPHANED_MS = 24 * 3_600_000;
const ABANDONED_ROWS_MAX = 100;

export interface AttachmentParts {
  readonly store: Store;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly audit: AuditTrail;
  readonly events: Events;
  readonly files: AttachmentFiles;
  readonly scanner: VirusScanner | undefined;
  readonly limits: AttachmentLimits;
  readonly wake: () => void;
}

export interface Described {
  readonly kind: AttachmentKind;
  readonly name: string;
  readonly description?: string | undefined;
  /** What the caller says it is. */
  readonly declaredType?: string | undefined;
}

/** Files that go with a referral, as the HIS of either side sees them. */
export class AttachmentService {
  readonly #parts: AttachmentParts;

  constructor(parts: AttachmentParts) {
    this.#parts = parts;
  }

  /** Whether something may be attached, before anything is read. Faults `referral.not-found`, `attachment.*`. */
  async check(id: string): Promise<ReferralRow> {
    const row = await this.#referral(id);
    if (CLOSED.has(row.state)) throw new Fault('attachment.closed', { facts: { state: row.state } });
    await this.#room(row);
    return row;
  }

  /** Streams a file to the disk. The caller attaches it or has it dropped. Fault `attachment.too-large`. */
  async keep(content: AsyncIterable<Uint8Array>): Promise<WrittenFile> {
    const { bytesMax } = this.#parts.limits;
    return this.#parts.files.write(content, bytesMax).catch((error: unknown) => {
      if (error instanceof TooLong) throw new Fault('attachment.too-large', { facts: { bytesMax } });
      throw error;
    });
  }

  drop({ file }: WrittenFile): Promise<void> {
    return this.#parts.files.remove(file);
  }

  /** Attaches a file that was kept; the same file once more is the attachment it was. The file is ours from here on. */
  async attach(
    by: Caller,
    referral: ReferralRow,
    described: Described,
    written: WrittenFile,
  ): Promise<{ attachment: Attachment; created: boolean }> {
    try {
      const mediaType = await this.#typeOf(described, written);
      const known = (await this.#ofCase(referral)).find(
        ({ origin, sha256, state }) => origin === 'own' && sha256 === written.sha256 && state !== 'refused',
      );
      if (known) {
        await this.drop(written);
        return { attachment: attachmentOf(this.#parts.vault, known), created: false };
      }
      await this.#scan(written);
      return {
        attachment: await this.#insert(by, referral, { ...described, mediaType }, written),
        created: true,
      };
    } catch (error) {
      await this.drop(written);
      throw error;
    }
  }

  async list(by: Caller, id: string): Promise<Attachment[]> {
    const { audit, vault } = this.#parts;
    const rows = await this.#ofCase(await this.#referral(id));
    await audit.look({ ...by, act: 'list-attachments', kind: 'referral', subject: id });
    return rows.map((row) => attachmentOf(vault, row));
  }

  /** A file to be read. Faults `attachment.not-found`, `attachment.not-whole`. */
  async content(by: Caller, referralId: string, id: string) {
    const { store, audit, files, vault } = this.#parts;
    const { peer, case_id, role } = await this.#referral(referralId);
    const row = await store.one(attachmentByKey, { peer, case_id, role, id });
    if (!row) throw new Fault('attachment.not-found');
    if (row.file === null || row.file_key === null)
      throw new Fault('attachment.not-whole', { facts: { state: row.state } });
    await audit.look({ ...by, act: 'read', kind: 'attachment', subject: id });
    const { name, mediaType } = headOf(vault, row);
    const { bytes, sha256 } = row;
    const key = vault.open(keyPurpose(id), row.file_key);
    return { name, mediaType, bytes, sha256, content: files.read(row.file, key, { bytes, sha256 }) };
  }

  /** Gives up what stopped coming, and removes files that no row knows; called by the housekeeper. */
  async tidy(): Promise<void> {
    const { store, clock, files } = this.#parts;
    const now = clock.now();
    const abandoned = { before: now - ABANDONED_MS, limit: ABANDONED_ROWS_MAX };
    for (const row of await store.all(abandonedAttachments, abandoned)) {
      await store.write(async (unit) => {
        const current = await unit.one(attachmentToChange, row);
        if (current?.state !== 'receiving' || current.updated_at >= abandoned.before) return;
        const given = { ...current, state: 'refused', reason: 'attachment.not-whole' } as const;
        await unit.run(changeAttachment, { ...given, updated_at: now });
        await unit.run(deleteParts, row);
      });
    }
    for (const file of await files.olderThan(now - ORPHANED_MS)) {
      if (!(await store.one(attachmentByFile, { file }))) await files.remove(file);
    }
  }

  async #referral(id: string): Promise<ReferralRow> {
    const row = await this.#parts.store.one(referralById, { id });
    if (!row) throw new Fault('referral.not-found');
    return row;
  }

  #ofCase({ peer, case_id, role }: ReferralRow): Promise<AttachmentRow[]> {
    return this.#parts.store.all(attachmentsOfCase, { peer, case_id, role });
  }

  async #room(referral: ReferralRow): Promise<void> {
    const { countMax } = this.#parts.limits;
    if ((await this.#ofCase(referral)).length >= countMax)
      throw new Fault('attachment.too-many', { facts: { countMax } });
  }

  async #typeOf({ declaredType }: Described, { bytes, head }: WrittenFile): Promise<MediaType> {
    if (bytes === 0) throw new Fault('file.missing');
    const found = mediaTypeOf(head);
    if (!found || !agrees(declaredType, found))
      throw new Fault('attachment.type', found ? { facts: { found } } : {});
    return found;
  }

  async #scan(written: WrittenFile): Promise<void> {
    const { scanner, files } = this.#parts;
    if (!scanner) return;
    const verdict = await scanner
      .scan(files.read(written.file, written.key, written))
      .catch((error: unknown) => {
        throw new Fault('attachment.not-scanned', { retryAfterS: 30 }, error);
      });
    if (!verdict.clean) throw new Fault('attachment.infected');
  }

  async #insert(
    by: Caller,
    { peer, case_id, role, correlation_id, id: referralId }: ReferralRow,
    { kind, name, description, mediaType }: Described & { mediaType: MediaType },
    { file, key, bytes, sha256 }: WrittenFile,
  ): Promise<Attachment> {
    const { store, vault, clock, ids, audit, events, limits, wake } = this.#parts;
    const id = ids.next();
    const now = clock.now();
    const head: AttachmentHead = {
      id,
      kind,
      name,
      ...(description === undefined ? {} : { description }),
      mediaType,
      bytes,
      sha256,
    };
    const row = await store.write(async (unit) => {
      const siblings = await unit.all(attachmentsOfCase, { peer, case_id, role });
      if (siblings.length >= limits.countMax) throw new Fault('attachment.too-many');
      const made: AttachmentRow = {
        peer,
        case_id,
        role,
        id,
        origin: 'own',
        correlation_id,
        number: siblings.filter(({ origin }) => origin === 'own').length,
        head: vault.sealJson(headPurpose(id), head),
        bytes,
        sha256,
        state: 'sending',
        reason: null,
        parts: partsOf(bytes),
        queued: 0,
        done: 0,
        file,
        file_key: vault.seal(keyPurpose(id), key),
        created_at: now,
        updated_at: now,
      };
      await unit.run(insertAttachment, made);
      const detail = { attachment: id, kind, bytes };
      await audit.add(unit, { ...by, act: 'attach', kind: 'referral', subject: referralId, detail });
      return made;
    });
    wake();
    events.publish('attachment.state', id, { state: 'sending', caseId: case_id, role });
    return attachmentOf(vault, row);
  }
}
