import type { Logger } from 'pino';
import { maskError } from '../access/masking.ts';
import type { Store, Unit } from '../store/port.ts';
import { EVENT_COUNTER, type EventLog } from './log.ts';
import { advanceCounter, deleteNewEvent, insertLogged, type LogRow, newEvents } from './queries.ts';

/** Events numbered in one unit. */
const BATCH = 500;
/** How often to look for what nobody rang for: what another gateway wrote down before it died. */
const POLL_MS = 1_000;

export interface NumberingParts {
  readonly store: Store;
  readonly log: EventLog;
  readonly logger: Logger;
  /** What else is to be written in the unit that numbers events: the calls they cause. */
  readonly alsoWrite: (unit: Unit, events: readonly LogRow[]) => Promise<void>;
  /** Called when events were numbered. */
  readonly onNumbered: () => void;
}

/** Numbers new events, in one unit at a time over all gateways that share the store. */
export class EventNumbering {
  readonly #parts: NumberingParts;
  #timer: NodeJS.Timeout | undefined;
  #deaf: (() => void) | undefined;
  #turning: Promise<void> | undefined;
  #again = false;
  #stopped = false;

  constructor(parts: NumberingParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#deaf = this.#parts.log.onWake(() => this.wake());
    this.#timer = setInterval(() => this.wake(), POLL_MS);
    this.#timer.unref();
    this.wake();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    this.#deaf?.();
    await this.#turning;
  }

  wake(): void {
    if (this.#stopped) return;
    this.#again = true;
    this.#turning ??= this.#turn();
  }

  /** Numbers one batch; answers how many events it held. */
  async runOnce(): Promise<number> {
    const { store, alsoWrite, onNumbered } = this.#parts;
    if ((await store.all(newEvents, { limit: 1 })).length === 0) return 0;
    const count = await store.write(async (unit) => {
      // Taken first: whoever else numbers waits here, and then sees what is left.
      const last = (await unit.one(advanceCounter, { name: EVENT_COUNTER, by: 0 }))?.value ?? 0;
      const rows = await unit.all(newEvents, { limit: BATCH });
      const numbered = rows.map(({ place: _place, ...event }, index) => ({
        ...event,
        seq: last + index + 1,
      }));
      for (const event of numbered) await unit.run(insertLogged, event);
      for (const { place } of rows) await unit.run(deleteNewEvent, { place });
      await unit.one(advanceCounter, { name: EVENT_COUNTER, by: rows.length });
      await alsoWrite(unit, numbered);
      return rows.length;
    });
    if (count > 0) onNumbered();
    return count;
  }

  async #turn(): Promise<void> {
    try {
      while (this.#again && !this.#stopped) {
        this.#again = false;
        if ((await this.runOnce()) === BATCH) this.#again = true;
      }
    } catch (error) {
      this.#parts.logger.error({ err: maskError(error) }, 'events could not be numbered');
    } finally {
      this.#turning = undefined;
    }
  }
}
