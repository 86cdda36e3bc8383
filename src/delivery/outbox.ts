import type { Priority } from '../../schemas/referral.ts';
import type { Vault } from '../access/vault.ts';
import type { Clock, Ids } from '../clock.ts';
import type { Rows, Unit } from '../store/port.ts';
import { EXPIRES_AFTER_MS } from './expiry.ts';
import { reasonOf } from './model.ts';
import {
  directWays,
  type Message,
  type NonDelivery,
  type Outbox,
  type OutgoingMessage,
  type Ways,
} from './port.ts';
import { type DeliveryRow, insertDelivery, newestOfMessage } from './queries.ts';

/** The outbox: messages on disk, and a bell that wakes whoever sends them. */
export class StoredOutbox implements Outbox {
  readonly #vault: Vault;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #expiresAfterMs: Readonly<Record<Priority, number>>;
  readonly #ways: Ways;
  readonly #listeners = new Set<() => void>();

  constructor(parts: {
    vault: Vault;
    clock: Clock;
    ids: Ids;
    expiresAfterMs?: Readonly<Record<Priority, number>>;
    ways?: Ways;
  }) {
    this.#vault = parts.vault;
    this.#clock = parts.clock;
    this.#ids = parts.ids;
    this.#expiresAfterMs = parts.expiresAfterMs ?? EXPIRES_AFTER_MS;
    this.#ways = parts.ways ?? directWays;
  }

  async enqueue(unit: Unit, message: OutgoingMessage): Promise<string> {
    const way = this.#ways.hopTo(message.to);
    // Without a way it waits for one, as it would for a link that is down.
    return this.#insert(unit, message, way.ok ? way.value : message.to, { sender: null, via: null });
  }

  /** Passes on a message of somebody else, to the next on its way. */
  async passOn(unit: Unit, message: Message, hop: string, via: readonly string[]): Promise<string> {
    // What it holds is none of our business, so it goes in the order in which it came.
    const orderSeq = this.#clock.now();
    const foreign = { sender: message.from, via: JSON.stringify(via) };
    return this.#insert(unit, { ...message, orderSeq }, hop, foreign);
  }

  async #insert(
    unit: Unit,
    message: OutgoingMessage,
    hop: string,
    foreign: Pick<DeliveryRow, 'sender' | 'via'>,
  ): Promise<string> {
    const now = this.#clock.now();
    const id = this.#ids.next();
    const priority = message.priority ?? 'routine';
    await unit.run(insertDelivery, {
      id,
      organisation: hop,
      receiver: hop === message.to ? null : message.to,
      ...foreign,
      message_id: message.id,
      type: message.type,
      correlation_id: message.correlationId,
      order_seq: message.orderSeq,
      body: this.#vault.seal(purposeOf(message.id), message.body),
      ...freshAt(now, this.#expiresAfterMs[priority]),
      replay_of: null,
      priority,
      // As its sender made it, where we pass it on.
      message_at: foreign.sender === null ? now : (message.at ?? null),
    });
    return id;
  }

  /** The same message once more, as a delivery of its own. */
  async replay(unit: Unit, dead: DeliveryRow, id = this.#ids.next()): Promise<void> {
    const now = this.#clock.now();
    await unit.run(insertDelivery, {
      ...dead,
      id,
      ...freshAt(now, this.#expiresAfterMs[dead.priority]),
      replay_of: dead.id,
    });
  }

  async nonDeliveryOf(rows: Rows, messageId: string): Promise<NonDelivery | undefined> {
    const row = await rows.one(newestOfMessage, { message_id: messageId });
    if (row?.state !== 'dead') return undefined;
    const { code, hop } = reasonOf(row);
    return { deliveryId: row.id, code, hop, at: row.updated_at };
  }

  /** The message of a row, as its link is given it. */
  messageOf(row: DeliveryRow, from: string): Message {
    return {
      id: row.message_id,
      correlationId: row.correlation_id,
      from: row.sender ?? from,
      to: row.receiver ?? row.organisation,
      ...(row.via === null ? {} : { via: JSON.parse(row.via) as string[] }),
      ...(row.receiver === null ? {} : { hop: row.organisation }),
      type: row.type,
      ...(row.message_at === null ? {} : { at: row.message_at }),
      ...(row.priority === 'routine' ? {} : { priority: row.priority }),
      body: this.#vault.open(purposeOf(row.message_id), row.body),
    };
  }

  wake(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Calls `listener` whenever something was enqueued here; the answer ends it. */
  onWake(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

function purposeOf(messageId: string): string {
  return `delivery ${messageId}`;
}

function freshAt(now: number, expiresAfterMs: number) {
  return {
    state: 'queued',
    attempts: 0,
    next_at: now,
    lease: null,
    lease_until: 0,
    last_error: null,
    reason: null,
    expires_at: now + expiresAfterMs,
    receipt_at: null,
    reached_at: null,
    created_at: now,
    updated_at: now,
  } as const;
}
