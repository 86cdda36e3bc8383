import type { Vault } from '../access/vault.ts';
import type { Clock, Ids } from '../clock.ts';
import type { Unit } from '../store/port.ts';
import type { Message, Outbox, OutgoingMessage } from './port.ts';
import { type DeliveryRow, insertDelivery } from './queries.ts';

/** A message nobody took in this time is given up: the longest public holiday, and a day. */
export const EXPIRES_AFTER_MS = 9 * 24 * 3_600_000;

/** The outbox: messages on disk, and a bell that wakes whoever sends them. */
export class StoredOutbox implements Outbox {
  readonly #vault: Vault;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #expiresAfterMs: number;
  readonly #listeners = new Set<() => void>();

  constructor(parts: { vault: Vault; clock: Clock; ids: Ids; expiresAfterMs?: number }) {
    this.#vault = parts.vault;
    this.#clock = parts.clock;
    this.#ids = parts.ids;
    this.#expiresAfterMs = parts.expiresAfterMs ?? EXPIRES_AFTER_MS;
  }

  async enqueue(unit: Unit, message: OutgoingMessage): Promise<string> {
    const now = this.#clock.now();
    const id = this.#ids.next();
    await unit.run(insertDelivery, {
      id,
      organisation: message.to,
      message_id: message.id,
      type: message.type,
      correlation_id: message.correlationId,
      order_seq: message.orderSeq,
      body: this.#vault.seal(purposeOf(message.id), message.body),
      ...freshAt(now, this.#expiresAfterMs),
      replay_of: null,
    });
    return id;
  }

  /** The same message once more, as a delivery of its own. Answers its id. */
  async replay(unit: Unit, dead: DeliveryRow, id: string): Promise<void> {
    const now = this.#clock.now();
    await unit.run(insertDelivery, {
      ...dead,
      id,
      ...freshAt(now, this.#expiresAfterMs),
      replay_of: dead.id,
    });
  }

  /** The message of a row, as its link is given it. */
  messageOf(row: DeliveryRow, from: string): Message {
    return {
      id: row.message_id,
      correlationId: row.correlation_id,
      from,
      to: row.organisation,
      type: row.type,
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
    expires_at: now + expiresAfterMs,
    receipt_at: null,
    created_at: now,
    updated_at: now,
  } as const;
}
