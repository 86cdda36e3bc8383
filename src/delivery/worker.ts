import type { Logger } from 'pino';
import { maskError } from '../access/masking.ts';
import type { Clock, Ids } from '../clock.ts';
import type { Events } from '../events/events.ts';
import type { Store } from '../store/port.ts';
import { expireOverdue } from './expiry.ts';
import { leaseDue } from './leasing.ts';
import { LinkBook } from './link-book.ts';
import { LinkHealth } from './link-health.ts';
import type { StoredOutbox } from './outbox.ts';
import { giveBack, type Received, recordFailure, recordReceipts } from './outcomes.ts';
import { type Handed, type Link, LinkError, type MessageHandlers } from './port.ts';
import { type DeliveryRow, hurry, queuedOrganisation, releaseHeld } from './queries.ts';
import type { Relay } from './relay.ts';
import { Sender } from './sending.ts';

export interface WorkerOptions {
  /** Messages under way at once, in all and to one organisation; more to one whose link takes several together. */
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
  parallelMax: 256,
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
  readonly #sender: Sender;
  /** Of each attempt under way, where it goes and with how many messages. */
  readonly #underWay = new Map<Promise<void>, { readonly organisation: string; readonly count: number }>();
  #timer: NodeJS.Timeout | undefined;
  #deaf: (() => void) | undefined;
  #turning: Promise<void> | undefined;
  #again = false;
  #rung = false;
  #stopped = false;
  #expiresNextAt = 0;

  constructor(parts: WorkerParts) {
    this.#parts = parts;
    this.#options = { ...defaults, ...parts.options };
    this.#book = parts.book ?? new LinkBook(parts);
    this.#sender = new Sender(parts, this.#options.sendTimeoutMs);
  }

  start(): void {
    this.#expiresNextAt = this.#parts.clock.now() + this.#options.sparedMs;
    this.#deaf = this.#parts.outbox.onWake(() => this.wake());
    this.#timer = setInterval(() => this.#look(), this.#options.pollMs);
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
    const grace = setTimeout(() => this.#sender.cut(), this.#options.stopGraceMs);
    await Promise.allSettled(this.#underWay.keys());
    clearTimeout(grace);
    await this.#book.flush().catch((error: unknown) => {
      this.#parts.logger.warn({ err: maskError(error) }, 'the state of the links was not written down');
    });
  }

  /** Something is due, or there is room for more: looks for deliveries now. */
  wake(): void {
    this.#rung = true;
    this.#look();
  }

  #look(): void {
    if (this.#stopped) return;
    this.#again = true;
    this.#turning ??= this.#turn();
  }

  /** One round: sends all that is due and waits for the results. Answers how many were sent. */
  async runOnce(): Promise<number> {
    const leased = await this.#lease();
    await Promise.all(this.#launch(leased));
    return [...leased.values()].reduce((sum, rows) => sum + rows.length, 0);
  }

  async #turn(): Promise<void> {
    try {
      while (this.#again && !this.#stopped) {
        this.#again = false;
        await this.#expire();
        await this.#book.keep(this.#parts.links);
        if (!(await this.#isWorthIt())) continue;
        for (const attempt of this.#launch(await this.#lease())) void attempt.then(() => this.wake());
      }
    } catch (error) {
      this.#parts.logger.error({ err: maskError(error) }, 'the outbox could not be read');
    } finally {
      this.#turning = undefined;
    }
  }

  /** Nobody rang: reading whether anything is queued spares an idle gateway its commits. */
  async #isWorthIt(): Promise<boolean> {
    const rung = this.#rung;
    this.#rung = false;
    return rung || (await this.#parts.store.one(queuedOrganisation, { after: '' })) !== undefined;
  }

  /** Looks for what is past its time, but not at every ring of the bell. */
  async #expire(): Promise<void> {
    const now = this.#parts.clock.now();
    if (now < this.#expiresNextAt) return;
    this.#expiresNextAt = now + this.#options.pollMs;
    await expireOverdue(this.#parts);
  }

  #lease(): Promise<ReadonlyMap<string, readonly DeliveryRow[]>> {
    const inAll = this.#options.parallelMax - this.#underWayTo();
    return leaseDue(this.#parts, { inAll, to: (one) => this.#room(one) }, this.#options.leaseMs);
  }

  #room(organisation: string): number {
    const link = this.#parts.links.get(organisation);
    if (link?.collected) return 0;
    const most = link?.together?.underWayMax ?? this.#options.parallelPerLinkMax;
    return this.#healthOf(organisation).room(this.#underWayTo(organisation), most, this.#parts.clock.now());
  }

  /** How many messages are under way to one organisation, or in all. */
  #underWayTo(organisation?: string): number {
    let sum = 0;
    for (const each of this.#underWay.values())
      if (organisation === undefined || each.organisation === organisation) sum += each.count;
    return sum;
  }

  #healthOf(organisation: string): LinkHealth {
    let health = this.#health.get(organisation);
    if (!health) {
      health = new LinkHealth();
      this.#health.set(organisation, health);
    }
    return health;
  }

  /** Sends what was leased, several together where the link takes them so. */
  #launch(leased: ReadonlyMap<string, readonly DeliveryRow[]>): Promise<void>[] {
    return [...leased].flatMap(([organisation, rows]) => {
      const max = this.#parts.links.get(organisation)?.together?.max ?? 1;
      const count = Math.ceil(rows.length / max);
      return Array.from({ length: count }, (_, i) =>
        this.#send(organisation, rows.slice(i * max, (i + 1) * max)),
      );
    });
  }

  /** Sends and records how it went. Never rejects: what can't be recorded is sent again after its lease. */
  #send(organisation: string, rows: readonly DeliveryRow[]): Promise<void> {
    const attempt = this.#attempt(organisation, rows)
      .catch((error: unknown) =>
        this.#parts.logger.error(
          { err: maskError(error), delivery: rows[0]?.id },
          'a delivery was not recorded',
        ),
      )
      .finally(() => this.#underWay.delete(attempt));
    this.#underWay.set(attempt, { organisation, count: rows.length });
    return attempt;
  }

  async #attempt(organisation: string, rows: readonly DeliveryRow[]): Promise<void> {
    const handed = await this.#sender.send(organisation, rows);
    const received = rows.flatMap((row, i): Received[] => {
      const receipt = handed[i];
      return receipt && !(receipt instanceof LinkError) ? [{ row, receipt }] : [];
    });
    const failed = rows.flatMap((row, i) => {
      const failure = handed[i];
      return failure instanceof LinkError ? [{ row, failure }] : [];
    });
    await recordReceipts(this.#parts, received);
    if (received.length > 0) this.#book.receipted(organisation, this.#parts.clock.now());
    const { isCut } = this.#sender;
    // Before the failures are written down, since good news hurries what waits and they have a time of their own.
    if (received.length > 0 || !isCut) await this.#learn(organisation, handed);
    await Promise.all(
      failed.map(({ row, failure }) =>
        isCut ? giveBack(this.#parts, row) : recordFailure(this.#parts, row, failure),
      ),
    );
  }

  /** What the results say of the link: whoever gives one receipt or refuses one message for good is there. */
  async #learn(organisation: string, handed: readonly Handed[]): Promise<void> {
    const { clock, random } = this.#parts;
    const isHeard = handed.some((each) => !(each instanceof LinkError) || each.kind === 'permanent');
    if (isHeard) return this.heard(organisation);
    const [failure] = handed;
    if (failure instanceof LinkError) this.#book.failed(organisation, failure.message, clock.now());
    const alert = this.#healthOf(organisation).failed(clock.now(), random());
    return this.#book.turned(organisation, alert);
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
}
