import { createHash } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { Fault } from '../errors.ts';
import type { Store, Unit } from '../store/port.ts';
import type { AfterCommit, Message, MessageHandlers, Receipt } from './port.ts';
import { expireInbox, inboxRow, insertInbox } from './queries.ts';
import type { Relay } from './relay.ts';
import { retrying } from './retrying.ts';
import { together } from './together.ts';

/** What came: a message, its bytes, and who takes it where it is for somebody else. */
export interface Arrival {
  readonly message: Message;
  readonly payload: Buffer;
  readonly relay?: Relay | undefined;
}

/** Received messages are remembered far longer than any sender keeps trying. */
export const INBOX_KEPT_MS = 90 * 24 * 3_600_000;

/**
 * Takes messages of other organisations: each has its effect once. The message's effect and the note that it came
 * are one unit, and the receipt is given after the commit. The same message again gets the same receipt; another
 * content under the same id is a conflict.
 */
export class Inbox {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #handlers: MessageHandlers;

  constructor(parts: { store: Store; clock: Clock; handlers: MessageHandlers }) {
    this.#store = parts.store;
    this.#clock = parts.clock;
    this.#handlers = parts.handlers;
  }

  /**
   * @param payload the bytes as they came, by which a repeat is told from a conflict
   * @param relay takes it instead of the handler of its type, where it is for somebody else
   * @throws Fault link.conflict, link.unknown-type, and what the handler refuses with
   */
  async receive(message: Message, payload: Buffer, relay?: Relay): Promise<Receipt> {
    const hash = hashOf(payload);
    const { receipt, after } = await retrying(this.#store, (unit) => this.#take(unit, message, hash, relay));
    after();
    return receipt;
  }

  /** The same for several, in one unit; each by itself where that fails. Answers what became of each. */
  async receiveAll(arrivals: readonly Arrival[]): Promise<PromiseSettledResult<Receipt>[]> {
    const done = await together(this.#store, arrivals, (unit, { message, payload, relay }) =>
      this.#take(unit, message, hashOf(payload), relay),
    );
    return done.map((outcome) => {
      if (outcome.status === 'rejected') return outcome;
      outcome.value.after();
      return { status: 'fulfilled', value: outcome.value.receipt };
    });
  }

  /** Forgets messages older than `INBOX_KEPT_MS`; called by the housekeeper. */
  async expire(): Promise<void> {
    const before = this.#clock.now() - INBOX_KEPT_MS;
    await this.#store.write((unit) => unit.run(expireInbox, { before }));
  }

  async #take(
    unit: Unit,
    message: Message,
    hash: string,
    relay?: Relay,
  ): Promise<{ receipt: Receipt; after: AfterCommit }> {
    const key = { sender: message.from, message_id: message.id };
    const known = await unit.one(inboxRow, key);
    if (known) {
      if (known.hash !== hash) throw new Fault('link.conflict', { facts: { messageId: message.id } });
      const receipt = { messageId: message.id, receivedAt: known.received_at, duplicate: true };
      return { receipt, after: (await relay?.repeated(unit, message)) ?? (() => undefined) };
    }
    const handler = relay ?? this.#handlers.get(message.type);
    if (!handler) throw new Fault('link.unknown-type', { facts: { type: message.type } });
    const receivedAt = this.#clock.now();
    await unit.run(insertInbox, { ...key, hash, received_at: receivedAt });
    const after = await handler.receive(unit, message);
    return { receipt: { messageId: message.id, receivedAt, duplicate: false }, after };
  }
}

function hashOf(payload: Buffer): string {
  return createHash('sha256').update(payload).digest('base64url');
}
