import type { Logger } from 'pino';
import { maskError } from './access/masking.ts';

/** How often what has expired is removed. */
const EVERY_MS = 15 * 60_000;

/** Removes what has expired: now and then, one thing after the other. */
export class Housekeeper {
  readonly #logger: Logger;
  readonly #chores: Readonly<Record<string, () => Promise<unknown>>>;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();

  constructor(logger: Logger, chores: Readonly<Record<string, () => Promise<unknown>>>) {
    this.#logger = logger;
    this.#chores = chores;
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.#round = this.#round.then(() => this.runOnce());
    }, EVERY_MS);
    this.#timer.unref();
  }

  /** A chore that fails is told of and tried again at the next round. */
  async runOnce(): Promise<void> {
    for (const [chore, work] of Object.entries(this.#chores)) {
      try {
        await work();
      } catch (error) {
        this.#logger.warn({ chore, err: maskError(error) }, 'housekeeping failed');
      }
    }
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#round;
  }
}
