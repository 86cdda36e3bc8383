import type { Logger } from 'pino';
import { maskError } from '../access/masking.ts';
import type { Clock, Ids } from '../clock.ts';
import type { Events } from '../events/events.ts';
import type { Store } from '../store/port.ts';
import { expireOverdue } from './expiry.ts';
import { LinkBook } from './link-book.ts';
import { LinkHealth } from './link-health.ts';
import type { StoredOutbox } from './outbox.ts';
import { giveBack, recordFailure, recordReceipt } from './outcomes.ts';
import { type Link, LinkError, type MessageHandlers, type Receipt } from './port.ts';
import {
  type DeliveryRow,
  dueDeliveries,
  hurry,
  isDue,
  leaseDelivery,
  queuedOrganisation,
  releaseHeld,
} from './queries.ts';
import type { Relay } from './relay.ts';

export interface WorkerOptions {
  /** Messages under way at once, in all and to one organisation. */
  readonly parallelMax: number;
  readonly parallelPerLinkMax: number;
  /** How long a receipt is waited for. */
  readonly sendTimeoutMs: number;
  /** How long a delivery is ours; past it another gateway may take it over. Longer than `sendTimeoutMs`. */
  readonly leaseMs: number;
  /** How often to look for what nobody rang for: retries, and what a dead gateway left behind. */
  readonly pollMs: number;
  /** How long messages under way may take to finish when the worker stops. */
  readonly stopGraceMs: number;
  /** How long after the start what is past its time is still tried before it is given up. */
  readonly sparedMs: number;
}

const defaults: WorkerOptions = {
  parallelMax: 128,
  parallelPerLinkMax: 32,
  sendTimeoutMs: 15_000,
  leaseMs: 60_000,
  pollMs: 1_000,
  stopGraceMs: 3_000,
  sparedMs: 60_000,
};

export interface WorkerParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly outbox: StoredOutbox;
  /** By organisation code. */
  readonly links: ReadonlyMap<string, Link>;
  readonly handlers: MessageHandlers;
  /** Tells the senders of what we passed on what became of it. */
  readonly relay?: Relay;
  readonly events: Events;
  readonly logger: Logger;
  /** The code of our own organisation. */
  readonly organisation: string;
  /** Names this gateway among those that share the store: a-z, 0-9, hyphens. */
  readonly gatewayId: string;
  /** From 0 to 1; spreads retries. */
  readonly random: () => number;
  /** What is known of each link; one of its own unless given. */
  readonly book?: LinkBook;
  readonly options?: Partial<WorkerOptions>;
}

/**
 * Sends what is in the outbox until each message is delivered or dead.
 *
 *     queued ──lease──► under way ──receipt──► delivered
 *        ▲                  ├──transient──► queued, after a backoff ──past its expiry──► dead
 *        └──lease expired───┘  permanent──► dead ──replay──► a new delivery of the same message
 *
 * A message is sent at least once and has its effect once, since the receiver knows it by its id.
 */
export class DeliveryWorker {
  readonly #parts: WorkerParts;
  readonly #options: WorkerOptions;
  readonly #book: LinkBook;
  readonly #health = new Map<string, LinkHealth>();
  readonly #underWay = new Map<Promise<void>, string>();
  readonly #cuts = new Set<AbortController>();
  #cut = false;
  #timer: NodeJS.Timeout | undefined;
  #deaf: (() => void) | undefined;
  #turning: Promise<void> | undefined;
  #again = false;
  #stopped = false;
  #expiresNextAt = 0;

  constructor(parts: WorkerParts) {
    this.#parts = parts;
    this.#options = { ...defaults, ...parts.options };
    this.#book = parts.book ?? new LinkBook(parts);
  }

  start(): void {
    this.#expiresNextAt = this.#parts.clock.now() + this.#options.sparedMs;
    this.#deaf = this.#parts.outbox.onWake(() => this.wake());
    this.#timer = setInterval(() => this.wake(), this.#options.pollMs);
    this.#timer.unref();
    this.#turning = this.#takeOver().finally(() => {
      this.#turning = undefined;
      this.wake();
    });
  }

  /** What an earlier run of this gateway held is ours again: nobody else sends it before its lease has run out. */
  async #takeOver(): Promise<void> {
    try {
      await this.#parts.store.write((unit) => unit.run(releaseHeld, { held: `${this.#parts.gatewayId} %` }));
    } catch (error) {
      this.#parts.logger.error({ err: maskError(error) }, 'earlier deliveries could not be taken over');
    }
  }

  /** Takes no more work and lets what is under way finish; after the grace it is cut off and will be sent again. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    this.#deaf?.();
    await this.#turning;
    const grace = setTimeout(() => {
      this.#cut = true;
      for (const attempt of this.#cuts) attempt.abort(new LinkError('transient', 'the gateway is stopping'));
    }, this.#options.stopGraceMs);
    await Promise.allSettled(this.#underWay.keys());
    clearTimeout(grace);
    await this.#book.flush().catch((error: unknown) => {
      this.#parts.logger.warn({ err: maskError(error) }, 'the state of the links was not written down');
    });
  }

  /** Looks for due deliveries now. */
  wake(): void {
    if (this.#stopped) return;
    this.#again = true;
    this.#turning ??= this.#turn();
  }

  /** One round: sends all that is due and waits for the results. Answers how many were sent. */
  async runOnce(): Promise<number> {
    const rows = await this.#lease();
    await Promise.all(rows.map((row) => this.#launch(row)));
    return rows.length;
  }

  async #turn(): Promise<void> {
    try {
      while (this.#again && !this.#stopped) {
        this.#again = false;
        await this.#expire();
        await this.#book.keep(this.#parts.links);
        for (const row of await this.#lease()) void this.#launch(row).then(() => this.wake());
      }
    } catch (error) {
      this.#parts.logger.error({ err: maskError(error) }, 'the outbox could not be read');
    } finally {
      this.#turning = undefined;
    }
  }

  /** Looks for what is past its time, but not at every ring of the bell. */
  async #expire(): Promise<void> {
    const now = this.#parts.clock.now();
    if (now < this.#expiresNextAt) return;
    this.#expiresNextAt = now + this.#options.pollMs;
    await expireOverdue(this.#parts);
  }

  async #lease(): Promise<DeliveryRow[]> {
    const { store, clock, ids } = this.#parts;
    const now = clock.now();
    const wanted = await this.#wanted(now);
    if (wanted.length === 0) return [];
    return store.write(async (unit) => {
      const leased: DeliveryRow[] = [];
      for (const { organisation, limit } of wanted) {
        const left = this.#options.parallelMax - this.#underWay.size - leased.length;
        if (left <= 0) break;
        for (const row of await unit.all(dueDeliveries, {
          organisation,
          now,
          limit: Math.min(limit, left),
        })) {
          const lease = `${this.#parts.gatewayId} ${ids.next()}`;
          const taken = await unit.run(leaseDelivery, {
            id: row.id,
            lease,
            until: now + this.#options.leaseMs,
            now,
          });
          if (taken === 1) leased.push({ ...row, lease, attempts: row.attempts + 1 });
        }
      }
      return leased;
    });
  }

  /** The organisations that something is due for, and how many messages may go to each now. */
  async #wanted(now: number): Promise<{ organisation: string; limit: number }[]> {
    const { store } = this.#parts;
    const wanted: { organisation: string; limit: number }[] = [];
    if (this.#underWay.size >= this.#options.parallelMax) return wanted;
    let next = await store.one(queuedOrganisation, { after: '' });
    while (next) {
      const { organisation } = next;
      const limit = this.#room(organisation, now);
      if (limit > 0 && (await store.one(isDue, { organisation, now }))) wanted.push({ organisation, limit });
      next = await store.one(queuedOrganisation, { after: organisation });
    }
    return wanted;
  }

  #room(organisation: string, now: number): number {
    if (this.#parts.links.get(organisation)?.collected) return 0;
    const underWay = [...this.#underWay.values()].filter((to) => to === organisation).length;
    return this.#healthOf(organisation).room(underWay, this.#options.parallelPerLinkMax, now);
  }

  #healthOf(organisation: string): LinkHealth {
    let health = this.#health.get(organisation);
    if (!health) {
      health = new LinkHealth();
      this.#health.set(organisation, health);
    }
    return health;
  }

  /** Sends one message and records how it went. Never rejects: what can't be recorded is sent again after its lease. */
  #launch(row: DeliveryRow): Promise<void> {
    const attempt = this.#attempt(row)
      .catch((error: unknown) =>
        this.#parts.logger.error({ err: maskError(error), delivery: row.id }, 'a delivery was not recorded'),
      )
      .finally(() => this.#underWay.delete(attempt));
    this.#underWay.set(attempt, row.organisation);
    return attempt;
  }

  async #attempt(row: DeliveryRow): Promise<void> {
    const { clock, random } = this.#parts;
    let receipt: Receipt;
    try {
      receipt = await this.#send(row);
    } catch (error) {
      if (this.#cut) return giveBack(this.#parts, row);
      const failure = this.#failureOf(error, row);
      await recordFailure(this.#parts, row, failure);
      if (failure.kind === 'permanent') return this.heard(row.organisation);
      this.#book.failed(row.organisation, failure.message, clock.now());
      const alert = this.#healthOf(row.organisation).failed(clock.now(), random());
      return this.#book.turned(row.organisation, alert);
    }
    await recordReceipt(this.#parts, row, receipt);
    this.#book.receipted(row.organisation, clock.now());
    await this.heard(row.organisation);
  }

  /** The other side is there; if it was not before, or we were not, all that waits for it may go now. */
  async heard(organisation: string): Promise<void> {
    const health = this.#healthOf(organisation);
    const isNews = health.answerIsNews;
    const { store, clock } = this.#parts;
    this.#book.heard(organisation, clock.now());
    await this.#book.turned(organisation, health.answered());
    if (isNews) await store.write((unit) => unit.run(hurry, { organisation, now: clock.now() }));
  }

  async #send(row: DeliveryRow): Promise<Receipt> {
    const link = this.#parts.links.get(row.organisation);
    // The configuration may bring it back; until it does, or the message expires, there is nothing to do.
    if (!link) throw new LinkError('transient', 'no link to this organisation is configured');
    const message = this.#parts.outbox.messageOf(row, this.#parts.organisation);
    const attempt = new AbortController();
    const late = new LinkError('transient', 'no answer in time');
    const timer = setTimeout(() => attempt.abort(late), this.#options.sendTimeoutMs);
    this.#cuts.add(attempt);
    try {
      return await link.send(message, attempt.signal);
    } finally {
      clearTimeout(timer);
      this.#cuts.delete(attempt);
    }
  }

  #failureOf(error: unknown, row: DeliveryRow): LinkError {
    if (error instanceof LinkError) return error;
    this.#parts.logger.error({ err: maskError(error), delivery: row.id }, 'a link failed unexpectedly');
    return new LinkError('transient', 'the link failed unexpectedly');
  }
}
