import type { Clock } from '../clock.ts';
import type { Unit } from '../store/port.ts';

/** Something that happened, for those who listen. Holds ids and states, never personal data. */
export interface GatewayEvent {
  readonly id: number;
  /** Epoch ms. */
  readonly at: number;
  readonly type: EventType;
  /** The reader, settlement or referral it happened to. */
  readonly subject: string;
  readonly data: Readonly<Record<string, string | number | boolean>>;
}

export const EVENT_TYPES = [
  'reader.state',
  'reader.lease',
  'card.present',
  'card.removed',
  'reading.made',
  'purse.state',
  'settlement.state',
  'filing.state',
  'stay.state',
  'referral.state',
  'referral.overdue',
  'referral.contact',
  'attachment.state',
  'delivery.state',
  'delivery.undelivered',
  'link.down',
  'link.up',
] as const;

export type EventType = (typeof EVENT_TYPES)[number];

/** Events kept for listeners that come back after a break. */
const EVENTS_KEPT_MAX = 1_000;

type Listener = (event: GatewayEvent) => void;

/** Where events are written down, for those who must not miss one. */
export interface EventKeeper {
  /** Within the unit that makes it happen. */
  keep(unit: Unit, type: EventType, subject: string, data: GatewayEvent['data']): Promise<void>;
  /** Something may have been committed. */
  wake(): void;
}

/** The gateway's notice board: the last events, and those who want to hear of the next. */
export class Events {
  readonly #clock: Clock;
  readonly #keeper: EventKeeper | undefined;
  readonly #kept: GatewayEvent[] = [];
  readonly #listeners = new Set<Listener>();
  #next = 1;

  /** @param keeper where `keep` writes events down; without one they are not kept. */
  constructor(clock: Clock, keeper?: EventKeeper) {
    this.#clock = clock;
    this.#keeper = keeper;
    // Ids grow across restarts too, so that Last-Event-ID of an earlier run is never ahead of ours.
    this.#next = clock.now() * 1_000;
  }

  publish(type: EventType, subject: string, data: GatewayEvent['data'] = {}): void {
    const event: GatewayEvent = { id: this.#next++, at: this.#clock.now(), type, subject, data };
    this.#kept.push(event);
    if (this.#kept.length > EVENTS_KEPT_MAX) this.#kept.shift();
    for (const listener of this.#listeners) listener(event);
    this.#keeper?.wake();
  }

  /**
   * Writes an event down within the unit that makes it happen, for the event log and webhooks. It is still to be
   * published after the commit.
   */
  async keep(unit: Unit, type: EventType, subject: string, data: GatewayEvent['data'] = {}): Promise<void> {
    await this.#keeper?.keep(unit, type, subject, data);
  }

  /** The kept events after `id`, oldest first. */
  since(id: number): GatewayEvent[] {
    return this.#kept.filter((event) => event.id > id);
  }

  /** Calls `listener` for every event from now on; the answer ends it. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
