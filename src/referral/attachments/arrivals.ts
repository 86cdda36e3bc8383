import type { Vault } from '../../access/vault.ts';
import type { Clock, Ids } from '../../clock.ts';
import {
  type AfterCommit,
  type Message,
  type MessageHandler,
  type MessageName,
  nothing,
  type Outbox,
} from '../../delivery/port.ts';
import { Fault } from '../../errors.ts';
import type { Events } from '../../events/events.ts';
import type { Unit } from '../../store/port.ts';
import type { Party } from '../machine.ts';
import { caseToChange } from '../queries.ts';
import { invalidBody } from '../wire.ts';
import { type AttachmentEvent, nextState } from './machine.ts';
import { headOf, headPurpose, keyOf, partPurpose } from './model.ts';
import {
  type AttachmentKey,
  type AttachmentRow,
  attachmentsOfCase,
  attachmentToChange,
  changeAttachment,
  insertAttachment,
  insertPart,
  ownAttachmentToChange,
  partRow,
  unfinishedBytes,
} from './queries.ts';
import { type AttachmentLimits, partsOf, refusalOf } from './rules.ts';
import {
  ATTACHMENT,
  type DecodedPart,
  decodePart,
  decodeReceipt,
  encodeReceipt,
  fileOfMessage,
  RECEIPT,
  RECEIPT_ORDER,
} from './wire.ts';

export interface AttachmentArrivalParts {
  readonly vault: Vault;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly events: Events;
  readonly limits: AttachmentLimits;
  /** The outbox is made after the handlers of its messages. */
  readonly outbox: () => Outbox;
  /** Rings for whoever looks into whole files and puts further parts on their way. */
  readonly wake: () => void;
}

/**
 * What the messages about files do. Parts are kept as they come, in any order, also before their referral; a file whose
 * announcement is refused is answered at once, and what still comes of it is dropped.
 */
export class AttachmentArrivals implements MessageHandler {
  readonly #parts: AttachmentArrivalParts;

  constructor(parts: AttachmentArrivalParts) {
    this.#parts = parts;
  }

  async receive(unit: Unit, message: Message): Promise<AfterCommit> {
    return message.type === ATTACHMENT ? this.#part(unit, message) : this.#receipt(unit, message);
  }

  async delivered(unit: Unit, message: MessageName): Promise<AfterCommit> {
    if (message.type !== ATTACHMENT) return nothing;
    const row = await unit.one(ownAttachmentToChange, {
      peer: message.to,
      id: fileOfMessage(message.id),
    });
    if (!row) return nothing;
    const done = Math.min(row.done + 1, row.parts);
    return this.#change(unit, row, progressOf(row, done), { done });
  }

  async undelivered(unit: Unit, message: MessageName): Promise<AfterCommit> {
    if (message.type !== ATTACHMENT) return nothing;
    const row = await unit.one(ownAttachmentToChange, {
      peer: message.to,
      id: fileOfMessage(message.id),
    });
    return row ? this.#change(unit, row, 'part-dead', {}) : nothing;
  }

  async #part(unit: Unit, message: Message): Promise<AfterCommit> {
    const decoded = decodePart(message.body);
    if (!decoded.ok) throw invalidBody(decoded.error);
    const part = decoded.value;
    const key = await this.#keyOf(unit, message, part.caseId, part.by, part.file.id);
    const row = (await unit.one(attachmentToChange, key)) ?? (await this.#announce(unit, message, key, part));
    if (!sameFile(headOf(this.#parts.vault, row), part.file) || row.origin !== 'peer') {
      throw new Fault('link.conflict', { facts: { attachment: key.id } });
    }
    if (row.state !== 'receiving') return nothing;
    if (await unit.one(partRow, { ...key, part: part.part })) return nothing;
    const data = this.#parts.vault.seal(partPurpose(key.id, part.part), part.data);
    await unit.run(insertPart, { ...key, part: part.part, data });
    const done = row.done + 1;
    return this.#change(unit, row, done === row.parts ? 'last-part-taken' : 'part-taken', { done });
  }

  /** The first part of a file that was not heard of before. */
  async #announce(
    unit: Unit,
    { correlationId, from }: Message,
    key: AttachmentKey,
    { file, caseId, by }: DecodedPart,
  ): Promise<AttachmentRow> {
    const { vault, clock, ids, limits, outbox } = this.#parts;
    const siblings = await unit.all(attachmentsOfCase, key);
    const unfinished = Number((await unit.one(unfinishedBytes, { peer: from }))?.bytes ?? 0);
    const refusal = refusalOf(file, { count: siblings.length, unfinishedBytes: unfinished }, limits);
    if (refusal === 'busy') throw new Fault('link.waiting-full');
    const now = clock.now();
    const row: AttachmentRow = {
      ...key,
      origin: 'peer',
      correlation_id: correlationId,
      number: 0,
      head: vault.sealJson(headPurpose(key.id), file),
      bytes: file.bytes,
      sha256: file.sha256,
      state: refusal ? 'refused' : 'receiving',
      reason: refusal ?? null,
      parts: partsOf(file.bytes),
      queued: 0,
      done: 0,
      file: null,
      file_key: null,
      created_at: now,
      updated_at: now,
    };
    await unit.run(insertAttachment, row);
    if (refusal) {
      await outbox().enqueue(unit, {
        id: ids.next(),
        correlationId,
        to: from,
        type: RECEIPT,
        orderSeq: RECEIPT_ORDER,
        body: encodeReceipt({ caseId, by, id: key.id, outcome: 'refused', reason: refusal }),
      });
    }
    return row;
  }

  async #receipt(unit: Unit, message: Message): Promise<AfterCommit> {
    const decoded = decodeReceipt(message.body);
    if (!decoded.ok) throw invalidBody(decoded.error);
    const { caseId: case_id, by: role, id, outcome, reason = null } = decoded.value;
    const row = await unit.one(attachmentToChange, { peer: message.from, case_id, role, id });
    if (row?.origin !== 'own') throw new Fault('link.unknown-case');
    return this.#change(unit, row, outcome === 'taken' ? 'told-taken' : 'told-refused', { reason });
  }

  /** Our part in the case: the opposite of who attached it. Only a recipient may hear of a case for the first time. */
  async #keyOf(
    unit: Unit,
    { from }: Message,
    case_id: string,
    by: Party,
    id: string,
  ): Promise<AttachmentKey> {
    const role: Party = by === 'initiator' ? 'recipient' : 'initiator';
    const known = role === 'recipient' || (await unit.one(caseToChange, { peer: from, case_id, role }));
    if (!known) throw new Fault('link.unknown-case');
    return { peer: from, case_id, role, id };
  }

  async #change(
    unit: Unit,
    row: AttachmentRow,
    event: AttachmentEvent,
    changed: Partial<Pick<AttachmentRow, 'done' | 'reason'>>,
  ): Promise<AfterCommit> {
    const state = nextState(row.state, event);
    if (state === undefined) return nothing;
    const { clock, events, wake } = this.#parts;
    const { queued, done, reason, file, file_key } = row;
    const now = clock.now();
    const columns = { queued, done, reason, file, file_key, ...changed };
    await unit.run(changeAttachment, { ...keyOf(row), ...columns, state, updated_at: now });
    return () => {
      wake();
      if (state === row.state) return;
      events.publish('attachment.state', row.id, { state, caseId: row.case_id, role: row.role });
    };
  }
}

/** What a delivered part means: the last, or that none is outstanding any more, or just one of several. */
function progressOf({ parts, queued }: AttachmentRow, done: number): AttachmentEvent {
  if (done === parts) return 'last-part-delivered';
  return done === queued ? 'caught-up' : 'part-delivered';
}

function sameFile(one: object, other: object): boolean {
  return JSON.stringify(Object.entries(one).sort()) === JSON.stringify(Object.entries(other).sort());
}
