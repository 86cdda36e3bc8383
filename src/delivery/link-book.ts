import type { Logger } from 'pino';
import type { Clock } from '../clock.ts';
import type { Events } from '../events/events.ts';
import type { Store } from '../store/port.ts';
import type { Alert } from './link-health.ts';
import { linkDown, linkRow, linkUp, noteLink } from './link-queries.ts';
import type { Link } from './port.ts';

/** How often what was heard is written down. */
const NOTED_EVERY_MS = 5_000;

/** An organisation that comes for its mail and has not for so long is away; it should come every minute. */
const SILENT_MS = 180_000;

interface Note {
  heardAt: number | null;
  receiptAt: number | null;
  error: string | null;
  errorAt: number | null;
}

/**
 * What is known of each link, on disk: an outage is told of once at its start and once at its end, whichever of the
 * gateways that share a store notes it, and however often one is started anew. Signs of life are gathered and written
 * every few seconds, so that a receipt costs no row of its own.
 */
export class LinkBook {
  readonly #parts: { store: Store; clock: Clock; events: Events; logger: Logger };
  readonly #notes = new Map<string, Note>();
  readonly #lastHeard = new Map<string, number>();
  #notedAt = 0;

  constructor(parts: { store: Store; clock: Clock; events: Events; logger: Logger }) {
    this.#parts = parts;
  }

  /** The other side answered, or came to us. */
  heard(organisation: string, now: number): void {
    this.#note(organisation).heardAt = now;
    this.#lastHeard.set(organisation, now);
  }

  receipted(organisation: string, now: number): void {
    this.heard(organisation, now);
    this.#note(organisation).receiptAt = now;
  }

  failed(organisation: string, error: string, now: number): void {
    Object.assign(this.#note(organisation), { error, errorAt: now });
  }

  /** An outage began or ended, as this gateway sees it; told of when no other was first. */
  async turned(organisation: string, alert: Alert): Promise<void> {
    if (!alert) return;
    const { store, clock } = this.#parts;
    const now = clock.now();
    const error = this.#notes.get(organisation)?.error ?? null;
    const changed = await store.write((unit) =>
      alert === 'down'
        ? unit.run(linkDown, { organisation, now, last_error: error })
        : unit.run(linkUp, { organisation, now }),
    );
    if (changed === 1) this.#tell(organisation, alert);
  }

  /** Called at every look of the worker; does something every few seconds. */
  async keep(links: ReadonlyMap<string, Link>): Promise<void> {
    const now = this.#parts.clock.now();
    if (now < this.#notedAt + NOTED_EVERY_MS) return;
    this.#notedAt = now;
    await this.flush();
    for (const [organisation, { collected }] of links) {
      if (collected) await this.#watch(organisation, now);
    }
  }

  /** Writes down what was heard; who was down and is heard again is up. */
  async flush(): Promise<void> {
    const notes = [...this.#notes];
    this.#notes.clear();
    if (notes.length === 0) return;
    const now = this.#parts.clock.now();
    const back = await this.#parts.store.write(async (unit) => {
      const up: string[] = [];
      for (const [organisation, { heardAt, receiptAt, error, errorAt }] of notes) {
        await unit.run(noteLink, {
          organisation,
          now,
          heard_at: heardAt,
          receipt_at: receiptAt,
          last_error: error,
          error_at: errorAt,
        });
        const isBack = heardAt !== null && heardAt >= (errorAt ?? 0);
        if (isBack && (await unit.run(linkUp, { organisation, now })) === 1) up.push(organisation);
      }
      return up;
    });
    for (const organisation of back) this.#tell(organisation, 'up');
  }

  /** Nobody notices an organisation that stays away, but by looking at the clock. */
  async #watch(organisation: string, now: number): Promise<void> {
    const since = this.#lastHeard.get(organisation);
    if (since === undefined) this.#lastHeard.set(organisation, now);
    if (since === undefined || now - since < SILENT_MS) return;
    const row = await this.#parts.store.one(linkRow, { organisation });
    // It may have come to another gateway on our store.
    if (row?.state === 'down' || now - (row?.last_heard_at ?? 0) < SILENT_MS) return;
    this.failed(organisation, 'it does not come for its mail', now);
    await this.turned(organisation, 'down');
  }

  #note(organisation: string): Note {
    let note = this.#notes.get(organisation);
    if (!note) {
      note = { heardAt: null, receiptAt: null, error: null, errorAt: null };
      this.#notes.set(organisation, note);
    }
    return note;
  }

  #tell(organisation: string, state: 'down' | 'up'): void {
    this.#parts.events.publish(`link.${state}`, organisation, { state });
    this.#parts.logger.warn({ organisation, state }, 'link state');
  }
}
