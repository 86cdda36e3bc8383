import type { AuditTrail } from '../access/audit.ts';
import type { Caller } from '../access/caller.ts';
import { Fault } from '../errors.ts';
import { ConstraintError, type Store } from '../store/port.ts';
import type { StoredOutbox } from './outbox.ts';
import { type DeliveryRow, deliveryById } from './queries.ts';

export interface DeliveryFilter {
  readonly state?: DeliveryRow['state'] | undefined;
  readonly organisation?: string | undefined;
  /** The last id of the page before. */
  readonly after?: string | undefined;
  readonly limit: number;
}

/** What people may see and do with deliveries: look for them, and send dead ones again. */
export class DeliveryService {
  readonly #store: Store;
  readonly #outbox: StoredOutbox;
  readonly #audit: AuditTrail;

  constructor(parts: { store: Store; outbox: StoredOutbox; audit: AuditTrail }) {
    this.#store = parts.store;
    this.#outbox = parts.outbox;
    this.#audit = parts.audit;
  }

  /** Newest first; one row more than asked for when there are more. */
  async list(filter: DeliveryFilter): Promise<DeliveryRow[]> {
    return this.#store.list<DeliveryRow>((db) => {
      let rows = db.selectFrom('deliveries').selectAll();
      if (filter.state) rows = rows.where('state', '=', filter.state);
      if (filter.organisation) rows = rows.where('organisation', '=', filter.organisation);
      if (filter.after) rows = rows.where('id', '<', filter.after);
      return rows.orderBy('id', 'desc').limit(filter.limit + 1);
    });
  }

  async get(id: string): Promise<DeliveryRow> {
    const row = await this.#store.one(deliveryById, { id });
    if (!row) throw new Fault('delivery.not-found');
    return row;
  }

  /**
   * Sends a dead delivery's message again, as the delivery `newId`. The receiver knows it by its old message id, so
   * it is safe even where the first had arrived after all.
   */
  async replay(by: Caller, id: string, newId: string): Promise<DeliveryRow> {
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
}
