import type { Clock, Ids } from '../clock.ts';
import type { Store, Unit } from '../store/port.ts';
import { type DeliveryRow, dueDeliveries, leaseDelivery, queuedOrganisation } from './queries.ts';

export interface LeasingParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Names this gateway among those that share the store. */
  readonly gatewayId: string;
}

export interface Room {
  /** How many more messages may be under way, in all. */
  readonly inAll: number;
  /** How many more may go to one organisation. */
  to(organisation: string): number;
}

/**
 * Takes what is due and for which there is room, so that no other gateway sends it as well: found and leased in one
 * unit, for which one commit is waited. Answers the rows by organisation.
 */
export async function leaseDue(
  { store, clock, ids, gatewayId }: LeasingParts,
  room: Room,
  leaseMs: number,
): Promise<ReadonlyMap<string, readonly DeliveryRow[]>> {
  if (room.inAll <= 0) return new Map();
  return store.write(async (unit) => {
    const leased = new Map<string, DeliveryRow[]>();
    const now = clock.now();
    let left = room.inAll;
    let next = await unit.one(queuedOrganisation, { after: '' });
    while (next && left > 0) {
      const { organisation } = next;
      const limit = Math.min(left, room.to(organisation));
      const lease = { lease: `${gatewayId} ${ids.next()}`, until: now + leaseMs, now };
      const rows = limit > 0 ? await leaseFor(unit, organisation, limit, lease) : [];
      if (rows.length > 0) leased.set(organisation, rows);
      left -= rows.length;
      next = await unit.one(queuedOrganisation, { after: organisation });
    }
    return leased;
  });
}

async function leaseFor(
  unit: Unit,
  organisation: string,
  limit: number,
  { lease, until, now }: { lease: string; until: number; now: number },
): Promise<DeliveryRow[]> {
  const rows: DeliveryRow[] = [];
  for (const row of await unit.all(dueDeliveries, { organisation, now, limit })) {
    const taken = await unit.run(leaseDelivery, { id: row.id, lease, until, now });
    if (taken === 1) rows.push({ ...row, lease, attempts: row.attempts + 1 });
  }
  return rows;
}
