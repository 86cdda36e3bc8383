import type { Clock, Ids } from '../clock.ts';
import { Fault } from '../errors.ts';
import type { Store, Unit } from '../store/port.ts';
import type { EventKeeper, EventType, GatewayEvent } from './events.ts';
import {
  counterValue,
  expireLogged,
  insertNewEvent,
  type LogRow,
  lastExpired,
  oldestLogged,
} from './queries.ts';

/** Names the number of the last event in `counters`. */
export const EVENT_COUNTER = 'events';

/** How long an event can be asked for: longer than a webhook is called for it. */
export const KEPT_DAYS_DEFAULT = 14;

const DAY_MS = 86_400_000;
/** Rows removed in one unit, so that expiry never holds up others. */
const EXPIRE_ROWS = 2_000;

export interface LogFilter {
  /** The number of the last event the caller has; 0 from the beginning. */
  readonly after: number;
  readonly types?: readonly string[] | undefined;
  readonly limit: number;
}

/**
 * The event log on disk, for those who poll and for webhooks.
 *
 *     unit of the change: events_new ──numbered, in the order of the commits──► events_log ──kept for days──► removed
 *
 * Numbers are given afterwards, by one unit at a time: several gateways commit in any order, and one who polls must not
 * be shown number 8 while 7 is still under way.
 */
export class EventLog implements EventKeeper {
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #keptMs: number;
  readonly #listeners = new Set<() => void>();

  constructor(parts: { clock: Clock; ids: Ids; keptDays?: number | undefined }) {
    this.#clock = parts.clock;
    this.#ids = parts.ids;
    this.#keptMs = (parts.keptDays ?? KEPT_DAYS_DEFAULT) * DAY_MS;
  }

  async keep(unit: Unit, type: EventType, subject: string, data: GatewayEvent['data']): Promise<void> {
    const [id, at] = [this.#ids.next(), this.#clock.now()];
    await unit.run(insertNewEvent, { id, at, type, subject, data: JSON.stringify(data) });
  }

  wake(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Calls `listener` whenever something was written down here; the answer ends it. */
  onWake(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Events after a number, oldest first, and the number to ask after next time. Fault `event.expired` where some after
   * `after` were removed already, so that nobody misses them unawares.
   */
  async page(store: Store, { after, types, limit }: LogFilter): Promise<{ items: LogRow[]; next: number }> {
    // Before the rows: what is numbered meanwhile comes with the next page.
    const last = (await store.one(counterValue, { name: EVENT_COUNTER }))?.value ?? 0;
    if (after > last) throw new Fault('event.ahead', { facts: { last } });
    const rows = await store.list<LogRow>((db) => {
      let query = db.selectFrom('events_log').selectAll().where('seq', '>', after).where('seq', '<=', last);
      if (types?.length) query = query.where('type', 'in', [...types]);
      return query.orderBy('seq').limit(limit);
    });
    // After them: what was removed in between would be missing otherwise.
    const oldest = (await store.one(oldestLogged, {}))?.seq ?? last + 1;
    if (after > 0 && oldest > after + 1) throw new Fault('event.expired', { facts: { oldest } });
    return { items: rows, next: rows.length === limit ? (rows.at(-1)?.seq ?? last) : last };
  }

  /** Removes what is older than is kept; for the housekeeper. */
  async expire(store: Store): Promise<void> {
    const before = this.#clock.now() - this.#keptMs;
    for (;;) {
      const upTo = (await store.one(lastExpired, { before, limit: EXPIRE_ROWS }))?.seq;
      if (upTo === undefined || upTo === null) return;
      const removed = await store.write((unit) => unit.run(expireLogged, { upTo, before }));
      if (removed === 0) return;
    }
  }
}
