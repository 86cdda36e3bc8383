import type { AuditTrail } from '../access/audit.ts';
import { GATEWAY } from '../access/caller.ts';
import type { Vault } from '../access/vault.ts';
import type { Clock, Ids } from '../clock.ts';
import {
  type AfterCommit,
  type Message,
  type MessageHandler,
  type MessageHandlers,
  type MessageName,
  nothing,
} from '../delivery/port.ts';
import { Fault } from '../errors.ts';
import type { Unit } from '../store/port.ts';
import { CaseFile, type CaseParts } from './case-file.ts';
import type { Party } from './machine.ts';
import { contentOf } from './model.ts';
import { tell } from './observing.ts';
import { openReferral } from './opening.ts';
import {
  caseToChange,
  eventByMessage,
  eventBySeq,
  markEventDelivery,
  type ReferralRow,
  referralToChange,
} from './queries.ts';
import { deleteWaiting, insertWaiting, waitingCount, waitingRow } from './waiting.ts';
import { decodeEvent, decodeRequest, EVENT, invalidBody, REQUEST } from './wire.ts';

/** How far ahead of its turn a message may come, and how many of one organisation may wait. */
const AHEAD_MAX = 64;
const WAITING_MAX = 1_000;

export interface ArrivalParts extends CaseParts {
  readonly vault: Vault;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly audit: AuditTrail;
}

/** The handlers of the referral messages, for the inbox and the worker. */
export function referralHandlers(parts: ArrivalParts): MessageHandlers {
  const arrivals = new Arrivals(parts);
  return new Map([
    [REQUEST, arrivals],
    [EVENT, arrivals],
  ]);
}

/**
 * What the other side's messages do. Events are taken strictly in the order of their numbers; one that comes too
 * early waits on disk for those before it, so that its receipt can be given at once.
 */
class Arrivals implements MessageHandler {
  readonly #parts: ArrivalParts;

  constructor(parts: ArrivalParts) {
    this.#parts = parts;
  }

  async receive(unit: Unit, message: Message): Promise<AfterCommit> {
    return message.type === REQUEST ? this.#request(unit, message) : this.#event(unit, message);
  }

  async delivered(unit: Unit, message: MessageName, receivedAt: number): Promise<AfterCommit> {
    const event = await unit.one(eventByMessage, { message_id: message.id });
    if (!event) return nothing;
    await unit.run(markEventDelivery, { id: event.id, delivery: 'delivered' });
    for (const observer of this.#parts.observers) await observer.delivered?.(unit, event, receivedAt);
    const row = await unit.one(referralToChange, { id: event.referral_id });
    if (message.type !== REQUEST || !row || row.received_at !== null) return nothing;
    const now = this.#parts.clock.now();
    const file = await CaseFile.open(unit, this.#parts.vault, row);
    await file.receipt(event.id, receivedAt, now);
    return file.save(this.#parts, 'receipted', now);
  }

  async undelivered(unit: Unit, message: MessageName): Promise<AfterCommit> {
    const event = await unit.one(eventByMessage, { message_id: message.id });
    if (!event) return nothing;
    await unit.run(markEventDelivery, { id: event.id, delivery: 'dead' });
    const row = await unit.one(referralToChange, { id: event.referral_id });
    if (!row) return nothing;
    return tell(this.#parts, unit, {
      cause: 'undelivered',
      before: row,
      after: row,
      events: [],
      settled: [],
    });
  }

  async #request(unit: Unit, message: Message): Promise<AfterCommit> {
    const decoded = decodeRequest(message.body);
    if (!decoded.ok) throw invalidBody(decoded.error);
    const request = decoded.value;
    const known = await unit.one(caseToChange, {
      peer: message.from,
      case_id: request.caseId,
      role: 'recipient',
    });
    if (known) return this.#again(unit, known, { who: 'initiator', seq: 1 }, message);
    const { vault, clock, ids, audit } = this.#parts;
    const { department, patient, form, consent, notify, direction, priority, channel, retro, returnOf } =
      request;
    // 回转: the referral that we sent and that now comes back.
    const sent =
      returnOf === undefined
        ? undefined
        : await unit.one(caseToChange, { peer: message.from, case_id: returnOf, role: 'initiator' });
    const now = clock.now();
    const id = ids.next();
    const { row, event } = await openReferral(unit, this.#parts, {
      id,
      case_id: request.caseId,
      correlation_id: message.correlationId,
      role: 'recipient',
      peer: message.from,
      direction,
      priority,
      channel: channel ?? null,
      retro: retro ? 1 : 0,
      based_on: sent?.id ?? null,
      relation: sent ? 'return' : null,
      body: { department, patient, form, consent, ...(notify ? { notify } : {}) },
      messageId: message.id,
      at: Date.parse(request.at),
      now,
    });
    await audit.add(unit, entryOf(message, id, 'receive'));
    const opened = { cause: 'arrived', before: undefined, after: row, events: [event], settled: [] } as const;
    const afterOpening = await tell(this.#parts, unit, opened);
    const file = await CaseFile.open(unit, vault, row);
    if (!(await this.#drain(unit, file))) return afterOpening;
    const afterEvents = await file.save(this.#parts, 'taken', now);
    return () => {
      afterOpening();
      afterEvents();
    };
  }

  async #event(unit: Unit, message: Message): Promise<AfterCommit> {
    const decoded = decodeEvent(message.body);
    if (!decoded.ok) throw invalidBody(decoded.error);
    const { caseId, by: who, seq, seen } = decoded.value;
    const role: Party = who === 'initiator' ? 'recipient' : 'initiator';
    const row = await unit.one(caseToChange, { peer: message.from, case_id: caseId, role });
    if (!row && role === 'initiator') throw new Fault('link.unknown-case');
    if (row && role === 'initiator' && seen > row.own_seq) throw invalidBody('/seen');
    const taken = row?.peer_seq ?? 0;
    if (row && seq <= taken) return this.#again(unit, row, { who, seq }, message);
    if (!row || seq > taken + 1) return this.#wait(unit, message, { caseId, who, seq, taken });
    const { audit, clock, vault } = this.#parts;
    const file = await CaseFile.open(unit, vault, row);
    await this.#take(file, message);
    await this.#drain(unit, file);
    await audit.add(unit, entryOf(message, row.id, 'receive-event'));
    return file.save(this.#parts, 'taken', clock.now());
  }

  /** A number that was taken before: harmless when it is the same message, a conflict otherwise. */
  async #again(
    unit: Unit,
    row: ReferralRow,
    { who, seq }: { who: Party; seq: number },
    message: Message,
  ): Promise<AfterCommit> {
    const event = await unit.one(eventBySeq, { referral_id: row.id, who, seq });
    if (event?.message_id !== message.id) throw new Fault('link.conflict', { facts: { seq } });
    return nothing;
  }

  async #wait(
    unit: Unit,
    message: Message,
    { caseId, who, seq, taken }: { caseId: string; who: Party; seq: number; taken: number },
  ): Promise<AfterCommit> {
    if (seq - taken > AHEAD_MAX) throw new Fault('link.waiting-full', { facts: { seq } });
    const place = { peer: message.from, case_id: caseId, who, seq };
    const other = await unit.one(waitingRow, place);
    if (other && other.message_id !== message.id) throw new Fault('link.conflict', { facts: { seq } });
    if (other) return nothing;
    const waiting = await unit.one(waitingCount, { peer: message.from });
    if (Number(waiting?.count ?? 0) >= WAITING_MAX) throw new Fault('link.waiting-full');
    await unit.run(insertWaiting, {
      ...place,
      message_id: message.id,
      correlation_id: message.correlationId,
      body: this.#parts.vault.seal(waitingPurpose(message.id), message.body),
      received_at: this.#parts.clock.now(),
    });
    return nothing;
  }

  /** Takes the waiting messages whose turn has come; answers whether there was one. */
  async #drain(unit: Unit, file: CaseFile): Promise<boolean> {
    const { peer, case_id, role } = file.row;
    const who: Party = role === 'initiator' ? 'recipient' : 'initiator';
    for (let count = 0; ; count++) {
      const place = { peer, case_id, who, seq: file.end.peerSeq + 1 };
      const waiting = await unit.one(waitingRow, place);
      if (!waiting) return count > 0;
      const body = this.#parts.vault.open(waitingPurpose(waiting.message_id), waiting.body);
      await this.#take(file, { id: waiting.message_id, body });
      await unit.run(deleteWaiting, place);
    }
  }

  async #take(file: CaseFile, message: Pick<Message, 'id' | 'body'>): Promise<void> {
    const decoded = decodeEvent(message.body);
    if (!decoded.ok) throw invalidBody(decoded.error);
    const { seq, seen, at, event } = decoded.value;
    await file.take(
      { seq, seen, type: event.type },
      {
        id: this.#parts.ids.next(),
        at: Date.parse(at),
        now: this.#parts.clock.now(),
        detail: event.detail,
        messageId: message.id,
        delivery: null,
        content: contentOf(event),
      },
    );
  }
}

function waitingPurpose(messageId: string): string {
  return `referral-waiting ${messageId}`;
}

/** What the other side does is on our trail too, under its message's id. */
function entryOf(message: Message, subject: string, act: string) {
  return {
    client: GATEWAY,
    act,
    kind: 'referral',
    subject,
    requestId: message.id,
    detail: { from: message.from },
  };
}
