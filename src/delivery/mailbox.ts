import Compile from 'typebox/compile';
import { type MailboxAnswer, MailboxRequest, type MailboxResult } from '../../schemas/mailbox.ts';
import type { Ids } from '../clock.ts';
import { Fault, isErrorCode } from '../errors.ts';
import type { LinkKeys } from './keys.ts';
import type { LinkBook } from './link-book.ts';
import { releaseHeldFor } from './link-queries.ts';
import type { StoredOutbox } from './outbox.ts';
import { type OutcomeParts, type Received, recordFailure, recordReceipts } from './outcomes.ts';
import { packWith } from './packing.ts';
import { type Link, LinkError, type Message, type Packet, type Receipt } from './port.ts';
import { type DeliveryRow, deliveryById, dueDeliveries, isDue, leaseDelivery } from './queries.ts';

/** The type of the message by which an organisation comes for its mail. */
export const COLLECT = 'link.collect';

/** How long what was handed over is theirs, should nobody of them come back sooner. */
const LEASE_MS = 60_000;

/** How often to look for what another gateway on our store wrote down. */
const LOOK_MS = 1_000;

/** An answer holds whole messages up to this, and at least one. */
const ANSWER_BYTES_MAX = 1_048_576;

/** For how long the id of a question is remembered: longer than its signature is good for. */
const ASKED_KEPT_MS = 900_000;

export interface MailboxParts extends OutcomeParts {
  readonly ids: Ids;
  readonly outbox: StoredOutbox;
  readonly book: LinkBook;
  /** The code of our own organisation. */
  readonly organisation: string;
  readonly links: ReadonlyMap<string, Link>;
  readonly keys: ReadonlyMap<string, LinkKeys>;
}

const request = Compile(MailboxRequest);

/**
 * Keeps the mail of organisations that can't be reached from outside. One comes for it over a connection of its own:
 *
 *     question (signed; with the results of what it got last) ──► results recorded ──► waits for mail, up to waitS
 *        ◄── messages in their order, leased to it ── answer            └─ or until its next question takes over
 *
 * It sends the result of a message after its own commit. What has no result is handed over again: with the next
 * question of the same collector, or when the lease ends.
 */
export class Mailbox {
  readonly #parts: MailboxParts;
  /** The question that waits, by organisation and collector. */
  readonly #waiting = new Map<string, AbortController>();
  readonly #asked = new Map<string, number>();
  #closed = false;

  constructor(parts: MailboxParts) {
    this.#parts = parts;
  }

  /**
   * @param message a link.collect message, proved to be the sender's
   * @param gone fires when its connection ends
   * @throws Fault link.no-mailbox, link.replayed, request.invalid
   */
  async collect(message: Message, gone: AbortSignal): Promise<MailboxAnswer> {
    const { links, book, clock } = this.#parts;
    const { from } = message;
    if (message.type !== COLLECT || message.via)
      throw new Fault('request.invalid', { pointer: '/body/type' });
    if (!links.get(from)?.collected) throw new Fault('link.no-mailbox');
    const question: unknown = JSON.parse(message.body.toString('utf8'));
    if (!request.Check(question)) {
      const pointer = `/body/body${request.Errors(question)[0]?.instancePath ?? ''}`;
      throw new Fault('request.invalid', { pointer });
    }
    this.#refuseRepeat(`${from} ${message.id}`);
    book.heard(from, clock.now());
    await this.#settle(from, question.results);
    return { messages: await this.#wait(from, question, gone) };
  }

  /** Answers every question that waits, with nothing. */
  close(): void {
    this.#closed = true;
    for (const waiting of this.#waiting.values()) waiting.abort();
  }

  /** Who listens in and asks once more gets no mail. */
  #refuseRepeat(key: string): void {
    const now = this.#parts.clock.now();
    for (const [asked, at] of this.#asked) {
      if (at > now - ASKED_KEPT_MS) break;
      this.#asked.delete(asked);
    }
    if (this.#asked.has(key)) throw new Fault('link.replayed');
    this.#asked.set(key, now);
  }

  /** Records what became of the messages of the last answer: the receipts in one unit. */
  async #settle(from: string, results: readonly MailboxResult[]): Promise<void> {
    const { store, clock, book } = this.#parts;
    const received: Received[] = [];
    const failed: { row: DeliveryRow; failure: LinkError }[] = [];
    for (const result of results) {
      const row = await store.one(deliveryById, { id: result.id });
      if (row?.organisation !== from || row.state === 'delivered') continue;
      if (result.outcome === 'taken') received.push({ row, receipt: this.#receiptOf(row, result) });
      else failed.push({ row, failure: failureOf(result) });
    }
    await recordReceipts(this.#parts, received);
    if (received.length > 0) book.receipted(from, clock.now());
    await Promise.all(failed.map(({ row, failure }) => recordFailure(this.#parts, row, failure)));
  }

  #receiptOf(row: DeliveryRow, { receivedAt, duplicate = false }: MailboxResult): Receipt {
    const at = receivedAt === undefined ? this.#parts.clock.now() : Date.parse(receivedAt);
    return { messageId: row.message_id, receivedAt: at, duplicate };
  }

  async #wait(from: string, question: MailboxRequest, gone: AbortSignal): Promise<MailboxAnswer['messages']> {
    const key = `${from} ${question.collector}`;
    // Whatever its old connection was given, or still waits for, it does not have.
    this.#waiting.get(key)?.abort();
    const ended = new AbortController();
    this.#waiting.set(key, ended);
    const held = `mailbox ${question.collector} `;
    await this.#parts.store.write((unit) =>
      unit.run(releaseHeldFor, { organisation: from, held: `${held}%` }),
    );
    const late = setTimeout(() => ended.abort(), question.waitS * 1_000);
    const end = AbortSignal.any([ended.signal, gone]);
    try {
      for (;;) {
        const messages = this.#closed || gone.aborted ? [] : await this.#take(from, held, question.max);
        if (messages.length > 0 || end.aborted || this.#closed) return messages;
        await this.#mail(end);
      }
    } finally {
      clearTimeout(late);
      if (this.#waiting.get(key) === ended) this.#waiting.delete(key);
    }
  }

  /** Until something was enqueued here, a while has passed, or the question has ended. */
  #mail(end: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(look);
        deaf();
        end.removeEventListener('abort', done);
        resolve();
      };
      const look = setTimeout(done, LOOK_MS);
      const deaf = this.#parts.outbox.onWake(done);
      end.addEventListener('abort', done, { once: true });
    });
  }

  async #take(from: string, held: string, max: number): Promise<MailboxAnswer['messages']> {
    const { store, clock, ids } = this.#parts;
    const now = clock.now();
    if (!(await store.one(isDue, { organisation: from, now }))) return [];
    const rows = await store.write(async (unit) => {
      const taken: DeliveryRow[] = [];
      let bytes = 0;
      for (const row of await unit.all(dueDeliveries, { organisation: from, now, limit: max })) {
        bytes += row.body.length;
        if (bytes > ANSWER_BYTES_MAX && taken.length > 0) break;
        const lease = `${held}${ids.next()}`;
        const changed = await unit.run(leaseDelivery, { id: row.id, lease, until: now + LEASE_MS, now });
        if (changed === 1) taken.push(row);
      }
      return taken;
    });
    return rows.map((row) => this.#handed(row));
  }

  #handed(row: DeliveryRow): MailboxAnswer['messages'][number] {
    const { outbox, organisation, keys, clock } = this.#parts;
    const theirs = keys.get(row.organisation);
    if (!theirs) throw new Fault('link.no-mailbox');
    const { headers, bytes } = packWith(theirs, clock)(outbox.messageOf(row, organisation));
    return { id: row.id, headers: present(headers), body: bytes.toString('utf8') };
  }
}

function present(headers: Packet['headers']): Record<string, string> {
  const given = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  );
  return Object.fromEntries(given) as Record<string, string>;
}

function failureOf({ outcome, code }: MailboxResult): LinkError {
  const known = code !== undefined && isErrorCode(code) ? code : undefined;
  const kind = outcome === 'refused' ? 'permanent' : 'transient';
  return new LinkError(kind, code ?? 'no reason', undefined, known);
}
