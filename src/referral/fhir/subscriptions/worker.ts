import type { Logger } from 'pino';
import { maskError } from '../../../access/masking.ts';
import type { Clock } from '../../../clock.ts';
import type { Store } from '../../../store/port.ts';
import type { Subscribed } from './model.ts';
import type { RestHooks } from './port.ts';
import {
  dueSubscriptions,
  leaseSubscription,
  notificationsBetween,
  recordCall,
  recordFailure,
  type SubscriptionRow,
} from './queries.ts';
import type { FhirSubscriptions } from './service.ts';

export interface SubscriptionWorkerParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
  readonly hooks: RestHooks;
  readonly subscriptions: FhirSubscriptions;
}

const POLL_MS = 1_000;
const CALL_WITHIN_MS = 15_000;
/** Longer than a call can take. */
const LEASE_MS = 60_000;
const AT_ONCE_MAX = 16;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 600_000;
/** With waits up to ten minutes: about three hours. After that only the subscriber starts it again. */
const ATTEMPTS_MAX = 24;

/**
 * Calls subscribers, one call at a time for each, in the order of the event numbers.
 *
 *     requested ──handshake──► active ──failures──► error
 *        ▲                       │  ▲                 │
 *        └──── the subscriber ───┴──┴─────────────────┘
 */
export class SubscriptionWorker {
  readonly #parts: SubscriptionWorkerParts;
  readonly #stopping = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #turning: Promise<void> | undefined;
  #again = false;

  constructor(parts: SubscriptionWorkerParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#timer = setInterval(() => this.wake(), POLL_MS);
    this.#timer.unref();
    this.wake();
  }

  /** Breaks off calls under way: their events are sent again. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#stopping.abort();
    await this.#turning;
  }

  wake(): void {
    if (this.#stopping.signal.aborted || this.#timer === undefined) return;
    this.#again = true;
    this.#turning ??= this.#turn();
  }

  /** One round: calls whoever is due. Answers how many were called. */
  async runOnce(): Promise<number> {
    const { store, clock } = this.#parts;
    const now = clock.now();
    const due = await store.all(dueSubscriptions, { now, limit: AT_ONCE_MAX });
    const leased = await Promise.all(
      due.map(async (row) => {
        const lease = { id: row.id, due_at: row.due_at!, until: now + LEASE_MS };
        return (await store.write((unit) => unit.run(leaseSubscription, lease))) === 1 ? [row] : [];
      }),
    );
    const rows = leased.flat();
    await Promise.all(rows.map((row) => this.#call(row)));
    return rows.length;
  }

  async #turn(): Promise<void> {
    try {
      while (this.#again && !this.#stopping.signal.aborted) {
        this.#again = (await this.runOnce()) > 0;
      }
    } catch (error) {
      this.#parts.logger.error({ err: maskError(error) }, 'subscriptions could not be worked on');
    } finally {
      this.#turning = undefined;
    }
  }

  async #call(row: SubscriptionRow): Promise<void> {
    const { store, clock, hooks, subscriptions } = this.#parts;
    const subscribed = subscriptions.subscribed(row);
    try {
      const { kind, last, body } = await this.#tell(row, subscribed);
      const judged = hooks.judge(subscribed.endpoint);
      if (!judged.ok) return await this.#failed(row, `not called: ${judged.error}`, { final: true });
      const { headers, contentType } = subscribed;
      const signal = AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(CALL_WITHIN_MS)]);
      const { status, retryAfterMs } = await hooks.call(
        { ...judged.value, headers, contentType, body },
        signal,
      );
      if (status < 200 || status > 299) {
        const final = status === 410;
        return await this.#failed(row, `${kind}: HTTP ${status}`, { final, retryAfterMs });
      }
      const now = clock.now();
      const next = subscribed.heartbeatMs === undefined ? null : now + subscribed.heartbeatMs;
      await store.write((unit) =>
        unit.run(recordCall, { id: row.id, status: 'active', delivered: last, now, next }),
      );
    } catch (error) {
      if (this.#stopping.signal.aborted) return;
      this.#parts.logger.info(
        { subscription: row.id, err: maskError(error) },
        'a subscriber was not reached',
      );
      await this.#failed(row, error instanceof Error ? error.message : 'no answer', { final: false });
    }
  }

  /** A handshake first; then the events not yet delivered; or a sign of life. */
  async #tell(row: SubscriptionRow, subscribed: Subscribed) {
    const { store, subscriptions } = this.#parts;
    if (row.status === 'requested') {
      const body = JSON.stringify(await subscriptions.notification(row, 'handshake', []));
      return { kind: 'handshake', last: row.delivered, body };
    }
    const rows = await store.all(notificationsBetween, {
      subscription_id: row.id,
      after: row.delivered,
      until: row.events,
      limit: subscribed.eventsAtOnce,
    });
    const kind = rows.length > 0 ? 'event-notification' : 'heartbeat';
    const body = JSON.stringify(await subscriptions.notification(row, kind, rows));
    // Events that have expired can't be sent any more; the subscriber sees the gap in the numbers.
    return { kind, last: rows.at(-1)?.number ?? row.events, body };
  }

  async #failed(
    row: SubscriptionRow,
    error: string,
    { final, retryAfterMs = 0 }: { final: boolean; retryAfterMs?: number | undefined },
  ): Promise<void> {
    const { store, clock, random } = this.#parts;
    const now = clock.now();
    const over = final || row.attempts + 1 >= ATTEMPTS_MAX;
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(row.attempts, 20));
    const delay = Math.max(Math.round(wait * (1 - random() / 2)), Math.min(retryAfterMs, LONGEST_WAIT_MS));
    await store.write((unit) =>
      unit.run(recordFailure, {
        ...{ id: row.id, now, error: error.slice(0, 200) },
        status: over ? 'error' : row.status,
        due_at: over ? null : now + delay,
      }),
    );
  }
}
