import type { Logger } from 'pino';
import { type Clock, systemTimers, type Timers } from '../clock.ts';
import type { Journal } from './journal.ts';
import { leaseMsOf, type SettlementSettings } from './settings.ts';

/** Settlements or stays taken up together; each is a few exchanges with an insurer. */
const TOGETHER_MAX = 8;

/** From one look to the next at least, so that what another gateway holds for a moment is not asked for all the time. */
const PAUSE_MIN_MS = 20;

/** Rounds of one look, so that a fault in the schedule can't keep the worker turning for ever. */
const ROUNDS_MAX = 1_000;

/** What can be in doubt, or be left behind: settlements, stays. */
interface Doubtful {
  readonly row: { readonly id: string };
}

export interface DoubtWorkerParts<T extends Doubtful> {
  readonly ledger: {
    lease(limit: number, until: number, runner: string): Promise<T[]>;
    nextCheckAt(): Promise<number | undefined>;
    releaseDeadRuns(gatewayId: string, runner: string): Promise<void>;
  };
  readonly journal: Journal;
  readonly recovery: { take(record: T): Promise<unknown> };
  readonly clock: Clock;
  readonly timers?: Timers;
  readonly logger: Logger;
  readonly settings: SettlementSettings;
  readonly gatewayId: string;
  readonly runner: string;
  readonly insurers: Iterable<string>;
}

/**
 * Settles doubts and ends what dead gateways left behind.
 *
 *     stopped ──start──► idle ──timer or wake──► looking ──nothing due──► idle
 *                          └──────────── stop ──────┴──────────────────► stopped
 *
 * At start it takes up at once what earlier runs of this gateway left; what other gateways hold, when their lease has
 * run out. Several workers may run on one database: each takes leases that the others skip.
 */
export class DoubtWorker<T extends Doubtful> {
  readonly #parts: DoubtWorkerParts<T>;
  readonly #leaseMs: number;
  #state: 'stopped' | 'idle' | 'looking' = 'stopped';
  #cancel: () => void = () => undefined;
  #stopping = false;
  #wakeAt = Number.POSITIVE_INFINITY;
  #looking: Promise<void> = Promise.resolve();

  constructor(parts: DoubtWorkerParts<T>) {
    this.#parts = parts;
    const timeouts = [...parts.insurers].map((insurer) => parts.journal.timeoutMsOf(insurer));
    this.#leaseMs = leaseMsOf('money', Math.max(parts.settings.exchangeTimeoutMs, ...timeouts));
  }

  /** Takes up what earlier runs left and goes on looking until it is stopped. */
  start(): void {
    if (this.#state !== 'stopped') return;
    this.#stopping = false;
    this.#look(() => this.takeOver());
  }

  /** Makes everything due that earlier runs of this gateway held. */
  async takeOver(): Promise<void> {
    await this.#parts.ledger.releaseDeadRuns(this.#parts.gatewayId, this.#parts.runner);
  }

  /** Looks no later than `at` (epoch ms). */
  wake(at: number): void {
    this.#wakeAt = Math.min(this.#wakeAt, at);
    if (this.#state === 'idle') this.#schedule();
  }

  /** Takes no more work and waits for what is under way. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#state = 'stopped';
    this.#cancel();
    await this.#looking;
  }

  /** Works until nothing is due; answers how many it took up. */
  async runOnce(): Promise<number> {
    const { ledger, journal, clock, runner } = this.#parts;
    await journal.expire();
    let taken = 0;
    for (let round = 0; round < ROUNDS_MAX && !this.#stopping; round++) {
      const leased = await ledger.lease(TOGETHER_MAX, clock.now() + this.#leaseMs, runner);
      if (leased.length === 0) break;
      taken += leased.length;
      await Promise.all(leased.map((record) => this.#take(record)));
    }
    return taken;
  }

  /** One that can't be worked at must not keep the others from it; its lease brings it back. */
  async #take(record: T): Promise<void> {
    try {
      await this.#parts.recovery.take(record);
    } catch (error) {
      const type = error instanceof Error ? error.name : typeof error;
      this.#parts.logger.error({ id: record.row.id, err: { type } }, 'a doubt could not be worked at');
    }
  }

  #schedule(): void {
    this.#cancel();
    const { settings, clock, timers = systemTimers } = this.#parts;
    const delay = Math.min(Math.max(PAUSE_MIN_MS, this.#wakeAt - clock.now()), settings.pollMs);
    this.#cancel = timers.start(delay, () => this.#look());
  }

  #look(first: () => Promise<void> = async () => undefined): void {
    this.#state = 'looking';
    this.#wakeAt = Number.POSITIVE_INFINITY;
    this.#looking = this.#work(first)
      .catch((error: unknown) => {
        const type = error instanceof Error ? error.name : typeof error;
        this.#parts.logger.error({ err: { type } }, 'the doubt worker could not look');
      })
      .then(() => {
        if (this.#state !== 'looking') return;
        this.#state = 'idle';
        this.#schedule();
      });
  }

  async #work(first: () => Promise<void>): Promise<void> {
    await first();
    await this.runOnce();
    // The store knows best when to look again, after a restart as after a timer that fired a moment early.
    this.#wakeAt = Math.min(
      this.#wakeAt,
      (await this.#parts.ledger.nextCheckAt()) ?? Number.POSITIVE_INFINITY,
    );
  }
}
