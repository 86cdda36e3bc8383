import type { AuditTrail } from '../access/audit.ts';
import type { Caller } from '../access/caller.ts';
import { Fault } from '../errors.ts';
import { ConstraintError, type Store } from '../store/port.ts';
import type { StoredOutbox } from './outbox.ts';
import type { CasesOf } from './port.ts';
import { deliveryById, replayOf } from './queries.ts';
import { countReplayable, type ReplayResult, replayMany } from './replays.ts';
import { type DeliveryFilter, deliveriesFound, type ShownRow } from './search.ts';

/** What people may see and do with deliveries: look for them, and send dead ones again. */
export class DeliveryService {
  readonly #store: Store;
  readonly #outbox: StoredOutbox;
  readonly #audit: AuditTrail;
  readonly #casesOf: CasesOf;

  constructor(parts: { store: Store; outbox: StoredOutbox; audit: AuditTrail; casesOf?: CasesOf }) {
    this.#store = parts.store;
    this.#outbox = parts.outbox;
    this.#audit = parts.audit;
    this.#casesOf = parts.casesOf ?? (async () => []);
  }

  /** Newest first; one row more than asked for when there are more. */
  async list(filter: DeliveryFilter & { limit: number; after?: string | undefined }): Promise<ShownRow[]> {
    const { limit, after, ...by } = filter;
    return this.#store.list<ShownRow>((db) => deliveriesFound(db, by, { limit, after }));
  }

  /** The same for what concerns one person, which is written down. */
  async search(
    by: Caller,
    patient: Parameters<CasesOf>[0],
    filter: DeliveryFilter & { limit: number; after?: string | undefined },
  ): Promise<ShownRow[]> {
    const rows = await this.list({ ...filter, cases: await this.#casesOf(patient) });
    const detail = { rows: Math.min(rows.length, filter.limit) };
    await this.#audit.look({ ...by, act: 'search-by-person', kind: 'delivery', subject: 'list', detail });
    return rows;
  }

  async get(id: string): Promise<ShownRow> {
    const row = await this.#store.one(deliveryById, { id });
    if (!row) throw new Fault('delivery.not-found');
    const again = await this.#store.one(replayOf, { id });
    return { ...row, replayed_as: again?.id ?? null };
  }

  /**
   * Sends a dead delivery's message again, as the delivery `newId`. The receiver knows it by its old message id, so
   * it is safe even where the first had arrived after all.
   */
  async replay(by: Caller, id: string, newId: string): Promise<ShownRow> {
    try {
      await this.#store.write(async (unit) => {
        // A repeat of this request after a crash finds what it had done.
        if (await unit.one(deliveryById, { id: newId })) return;
        const dead = await unit.one(deliveryById, { id });
        if (!dead) throw new Fault('delivery.not-found');
        if (dead.state !== 'dead') throw new Fault('delivery.state', { facts: { state: dead.state } });
        await this.#outbox.replay(unit, dead, newId);
        await this.#audit.add(unit, {
          ...by,
          act: 'replay',
          kind: 'delivery',
          subject: newId,
          detail: { of: id },
        });
      });
    } catch (error) {
      if (error instanceof ConstraintError) {
        throw new Fault('delivery.state', { detail: '已重新投递过 / it was replayed before' });
      }
      throw error;
    }
    this.#outbox.wake();
    return this.get(newId);
  }

  /** How many dead deliveries match and were not sent again. */
  async replayable(filter: DeliveryFilter): Promise<ReplayResult> {
    const matched = await countReplayable(this.#store, filter);
    return { matched, replayed: 0, remaining: matched };
  }

  /** See replays.ts. */
  replayMany(
    by: Caller,
    request: { batchId: string; filter: DeliveryFilter; max: number },
  ): Promise<ReplayResult> {
    const parts = { store: this.#store, outbox: this.#outbox, audit: this.#audit };
    return replayMany(parts, by, request);
  }
}
