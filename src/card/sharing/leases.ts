import type { Clock, Ids } from '../../clock.ts';
import { Fault } from '../../errors.ts';
import type { Events } from '../../events/events.ts';
import type { Timers } from '../timers.ts';

/** A reader set aside for one desk's patient. Times are epoch ms. */
export interface Lease {
  readonly id: string;
  readonly readerId: string;
  readonly client: string;
  readonly since: number;
  readonly until: number;
}

export interface LeaseRequest {
  readonly readerId: string;
  readonly client: string;
  /** How long it is held, unless it is renewed or given back. */
  readonly holdMs: number;
  /** How long to wait for one who has it now; 0 doesn't wait. */
  readonly waitMs: number;
  /** The id the lease takes; a fresh one otherwise. */
  readonly id?: string;
  /** Ends the wait, for a caller who has gone away. */
  readonly cancelled?: AbortSignal;
}

/** More than wait at one reader would ever wait in a room. */
const WAITING_MAX = 20;

interface Waiting {
  readonly request: LeaseRequest;
  grant(): void;
  refuse(fault: Fault): void;
}

interface Shared {
  held: Lease | undefined;
  cancelEnd: () => void;
  readonly queue: Waiting[];
}

export interface LeaseParts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly ids: Ids;
  readonly events: Events;
}

/**
 * Who has which reader, and who waits for it:
 *
 *     free ──ask──► held ──given back, or its time is up──► held by the first who waits, or free
 *     waiting ──its turn──► held      waiting ──time is up, caller gone──► refused
 *
 * A reader that nobody holds is anybody's, one reading at a time. Leases live in memory: after a restart every reader
 * is free, which is what a desk expects of it.
 */
export class Leases {
  readonly #parts: LeaseParts;
  readonly #readers = new Map<string, Shared>();

  constructor(parts: LeaseParts) {
    this.#parts = parts;
  }

  /** Faults: `reader.leased` when it isn't free in time, `reader.queue-full`. */
  async ask(request: LeaseRequest): Promise<Lease> {
    const shared = this.#shared(request.readerId);
    if (shared.held !== undefined && shared.held.id === request.id) return shared.held;
    if (!shared.held) return this.#grant(shared, request);
    if (request.waitMs <= 0 || request.cancelled?.aborted) throw leasedUntil(shared.held);
    if (shared.queue.length >= WAITING_MAX) throw new Fault('reader.queue-full', { retryAfterS: 10 });
    return this.#wait(shared, request);
  }

  /** Holds it for longer, from now on. Fault `lease.not-found`. */
  renew(readerId: string, id: string, client: string, holdMs: number): Lease {
    const { shared, lease } = this.#own(readerId, id, client);
    return this.#hold(shared, { ...lease, until: this.#parts.clock.now() + holdMs });
  }

  /** Gives it back. Fault `lease.not-found`. */
  release(readerId: string, id: string, client: string): void {
    this.#next(this.#own(readerId, id, client).shared);
  }

  held(readerId: string): Lease | undefined {
    return this.#readers.get(readerId)?.held;
  }

  /**
   * Whether the reader may be used by who shows this lease, or none. Faults: `reader.leased` where another holds it,
   * `lease.not-found` where the lease shown has ended.
   */
  admit(readerId: string, id: string | undefined): void {
    const held = this.held(readerId);
    if (held?.id === id) return;
    if (id !== undefined) throw new Fault('lease.not-found');
    if (held) throw leasedUntil(held);
  }

  /** Ends all of them; who waits is told that the gateway stops. */
  close(): void {
    for (const shared of this.#readers.values()) {
      shared.cancelEnd();
      for (const waiting of shared.queue.splice(0)) waiting.refuse(new Fault('gateway.stopping'));
    }
    this.#readers.clear();
  }

  #wait(shared: Shared, request: LeaseRequest): Promise<Lease> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        cancelTimer();
        request.cancelled?.removeEventListener('abort', tooLate);
        const at = shared.queue.indexOf(waiting);
        if (at !== -1) shared.queue.splice(at, 1);
      };
      const refuse = (fault: Fault) => {
        leave();
        reject(fault);
      };
      const tooLate = () => refuse(shared.held ? leasedUntil(shared.held) : new Fault('reader.leased'));
      const grant = () => {
        leave();
        resolve(this.#grant(shared, request));
      };
      const waiting = { request, grant, refuse };
      const cancelTimer = this.#parts.timers.start(request.waitMs, tooLate);
      request.cancelled?.addEventListener('abort', tooLate, { once: true });
      shared.queue.push(waiting);
    });
  }

  #grant(shared: Shared, { readerId, client, holdMs, id }: LeaseRequest): Lease {
    const since = this.#parts.clock.now();
    const lease = { id: id ?? this.#parts.ids.next(), readerId, client, since, until: since + holdMs };
    this.#parts.events.publish('reader.lease', readerId, { state: 'held', client });
    return this.#hold(shared, lease);
  }

  #hold(shared: Shared, lease: Lease): Lease {
    shared.cancelEnd();
    shared.held = lease;
    const holdMs = lease.until - this.#parts.clock.now();
    shared.cancelEnd = this.#parts.timers.start(holdMs, () => this.#next(shared));
    return lease;
  }

  #next(shared: Shared): void {
    shared.cancelEnd();
    const ended = shared.held;
    shared.held = undefined;
    const [first] = shared.queue;
    if (first) {
      first.grant();
    } else if (ended) {
      this.#readers.delete(ended.readerId);
      this.#parts.events.publish('reader.lease', ended.readerId, { state: 'free' });
    }
  }

  #own(readerId: string, id: string, client: string): { shared: Shared; lease: Lease } {
    const shared = this.#readers.get(readerId);
    const lease = shared?.held;
    if (!shared || lease?.id !== id || lease.client !== client) throw new Fault('lease.not-found');
    return { shared, lease };
  }

  #shared(readerId: string): Shared {
    const known = this.#readers.get(readerId);
    if (known) return known;
    const shared: Shared = { held: undefined, cancelEnd: () => {}, queue: [] };
    this.#readers.set(readerId, shared);
    return shared;
  }
}

function leasedUntil({ until }: Lease): Fault {
  return new Fault('reader.leased', { facts: { until: new Date(until).toISOString() } });
}
