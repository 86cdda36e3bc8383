import type { Logger } from 'pino';
import type { AuditTrail } from '../../access/audit.ts';
import { GATEWAY } from '../../access/caller.ts';
import { maskError } from '../../access/masking.ts';
import type { Vault } from '../../access/vault.ts';
import type { Clock, Ids } from '../../clock.ts';
import type { Outbox } from '../../delivery/port.ts';
import type { Events } from '../../events/events.ts';
import type { Store } from '../../store/port.ts';
import type { AttachmentFiles, WrittenFile } from './files.ts';
import { nextState } from './machine.ts';
import { headOf, keyOf, keyPurpose, partPurpose, partyOf } from './model.ts';
import type { VirusScanner } from './port.ts';
import {
  type AttachmentRow,
  attachmentToChange,
  changeAttachment,
  deleteParts,
  partRow,
  unfinishedAttachments,
  WINDOW,
} from './queries.ts';
import { mediaTypeOf, rangeOf } from './rules.ts';
import {
  ATTACHMENT,
  encodePart,
  encodeReceipt,
  orderOf,
  partMessageId,
  RECEIPT,
  RECEIPT_ORDER,
} from './wire.ts';

/** How often to look for what nobody rang for. */
const POLL_MS = 5_000;
const ROWS_MAX = 50;

export interface AttachmentWorkerParts {
  readonly store: Store;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly audit: AuditTrail;
  readonly events: Events;
  readonly logger: Logger;
  readonly files: AttachmentFiles;
  readonly scanner: VirusScanner | undefined;
  readonly outbox: () => Outbox;
}

/**
 * Puts our files on their way, a few parts at a time, and looks into those of the other side that are whole. What it
 * has done stands in the rows, so that it goes on where it stopped, in whichever gateway.
 */
export class AttachmentWorker {
  readonly #parts: AttachmentWorkerParts;
  #timer: NodeJS.Timeout | undefined;
  #turning: Promise<void> | undefined;
  #again = false;
  #stopped = false;

  constructor(parts: AttachmentWorkerParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#timer = setInterval(() => this.wake(), POLL_MS);
    this.#timer.unref();
    this.wake();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#turning;
  }

  wake(): void {
    if (this.#stopped || this.#timer === undefined) return;
    this.#again = true;
    this.#turning ??= this.#turn().finally(() => {
      this.#turning = undefined;
      if (this.#again) this.wake();
    });
  }

  /** One round; answers how many files it did something for. */
  async runOnce(): Promise<number> {
    const rows = await this.#parts.store.all(unfinishedAttachments, { limit: ROWS_MAX });
    let moved = 0;
    for (const row of rows) {
      try {
        if (await (row.state === 'whole' ? this.#lookInto(row) : this.#send(row))) moved++;
      } catch (error) {
        this.#parts.logger.error(
          { err: maskError(error), attachment: row.id, state: row.state },
          'an attachment could not be worked on',
        );
        await this.#putBack(row);
      }
    }
    return moved;
  }

  async #turn(): Promise<void> {
    try {
      while (this.#again && !this.#stopped) {
        this.#again = false;
        await this.runOnce();
      }
    } catch (error) {
      this.#parts.logger.error({ err: maskError(error) }, 'the attachments could not be read');
    }
  }

  /** Behind the others, so that one that fails holds up none. */
  async #putBack(row: AttachmentRow): Promise<void> {
    const { store, clock } = this.#parts;
    await store.write(async (unit) => {
      const now = await unit.one(attachmentToChange, keyOf(row));
      if (now?.state !== row.state) return;
      await unit.run(changeAttachment, { ...now, updated_at: clock.now() });
    });
  }

  /** Fills the window of one of our files. */
  async #send(row: AttachmentRow): Promise<boolean> {
    const { store, vault, clock, files, outbox } = this.#parts;
    const file = headOf(vault, row);
    const key = vault.open(keyPurpose(row.id), row.file_key!);
    const last = Math.min(row.parts, row.done + WINDOW);
    for (let part = row.queued; part < last; part++) {
      const { from, to } = rangeOf(part, row.bytes);
      const data = await whole(files.range(row.file!, key, from, to));
      const body = encodePart({ caseId: row.case_id, by: row.role, file, part, data });
      const queued = await store.write(async (unit) => {
        const now = await unit.one(attachmentToChange, keyOf(row));
        if (now?.state !== 'sending' || now.queued !== part) return false;
        await outbox().enqueue(unit, {
          id: partMessageId(row.id, part),
          correlationId: row.correlation_id,
          to: row.peer,
          type: ATTACHMENT,
          orderSeq: orderOf(row.number, part),
          body,
        });
        await unit.run(changeAttachment, { ...now, queued: part + 1, updated_at: clock.now() });
        return true;
      });
      // Another gateway was first.
      if (!queued) break;
      outbox().wake();
    }
    return true;
  }

  /** A file of the other side's is whole: hash, type and scan decide, and the other side is told. */
  async #lookInto(row: AttachmentRow): Promise<boolean> {
    const { files, events, logger, outbox } = this.#parts;
    const written = await files.write(this.#received(row), row.bytes);
    let kept = false;
    try {
      const reason = await this.#reasonAgainst(row, written);
      // False where another gateway had decided already.
      const decided = await this.#decide(row, reason, written);
      kept = decided && reason === undefined;
      if (!decided) return false;
      const state = reason === undefined ? 'taken' : 'refused';
      events.publish('attachment.state', row.id, { state, caseId: row.case_id, role: row.role });
      outbox().wake();
      if (reason) logger.warn({ attachment: row.id, from: row.peer, reason }, 'an attachment was refused');
      return true;
    } finally {
      if (!kept) await files.remove(written.file);
    }
  }

  async #reasonAgainst(row: AttachmentRow, written: WrittenFile): Promise<string | undefined> {
    const { files, scanner, vault } = this.#parts;
    if (written.sha256 !== row.sha256 || written.bytes !== row.bytes) return 'attachment.hash';
    if (mediaTypeOf(written.head) !== headOf(vault, row).mediaType) return 'attachment.type';
    if (!scanner) return undefined;
    const { clean } = await scanner.scan(files.read(written.file, written.key, written));
    return clean ? undefined : 'attachment.infected';
  }

  async #decide(
    row: AttachmentRow,
    reason: string | undefined,
    { file, key }: WrittenFile,
  ): Promise<boolean> {
    const { store, vault, clock, ids, audit, outbox } = this.#parts;
    const id = ids.next();
    return store.write(async (unit) => {
      const now = await unit.one(attachmentToChange, keyOf(row));
      const state = now && nextState(now.state, reason ? 'rejected' : 'verified');
      if (now?.state !== 'whole' || !state) return false;
      const kept = reason
        ? { file: null, file_key: null }
        : { file, file_key: vault.seal(keyPurpose(row.id), key) };
      await unit.run(changeAttachment, {
        ...now,
        ...kept,
        state,
        reason: reason ?? null,
        updated_at: clock.now(),
      });
      await unit.run(deleteParts, keyOf(row));
      await outbox().enqueue(unit, {
        id,
        correlationId: row.correlation_id,
        to: row.peer,
        type: RECEIPT,
        orderSeq: RECEIPT_ORDER,
        body: encodeReceipt({
          caseId: row.case_id,
          by: partyOf(row),
          id: row.id,
          ...(reason ? { outcome: 'refused', reason } : { outcome: 'taken' }),
        }),
      });
      await audit.add(unit, {
        client: GATEWAY,
        act: reason ? 'refuse' : 'receive',
        kind: 'attachment',
        subject: row.id,
        requestId: id,
        detail: { from: row.peer, ...(reason ? { reason } : {}) },
      });
      return true;
    });
  }

  async *#received(row: AttachmentRow): AsyncGenerator<Buffer> {
    const { store, vault } = this.#parts;
    for (let part = 0; part < row.parts; part++) {
      const found = await store.one(partRow, { ...keyOf(row), part });
      if (!found) throw new Error(`part ${part} of an attachment is missing`);
      yield vault.open(partPurpose(row.id, part), found.data);
    }
  }
}

async function whole(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}
