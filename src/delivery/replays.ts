import type { AuditTrail } from '../access/audit.ts';
import type { Caller } from '../access/caller.ts';
import type { Store, Unit } from '../store/port.ts';
import type { StoredOutbox } from './outbox.ts';
import { deliveryById, replayOf } from './queries.ts';
import { retrying } from './retrying.ts';
import { type DeliveryFilter, replayableCount, replayableIds } from './search.ts';

/** Sent again in one unit of work. */
const CHUNK = 100;

/** What a replay of many did, or would do. */
export interface ReplayResult {
  /** Dead deliveries that match and had not been sent again. */
  readonly matched: number;
  readonly replayed: number;
  /** What is left for the next request. */
  readonly remaining: number;
}

export interface ReplayParts {
  readonly store: Store;
  readonly outbox: StoredOutbox;
  readonly audit: AuditTrail;
}

/** How many would be sent again. */
export async function countReplayable(store: Store, filter: DeliveryFilter): Promise<number> {
  const [row] = await store.list<{ count: number | string }>((db) => replayableCount(db, filter));
  return Number(row?.count ?? 0);
}

/**
 * Sends dead deliveries again, the oldest first, up to `max`: each as a delivery of its own that names the one it
 * replays. What another request replays meanwhile is left to it. Repeated with the same `batchId` after a crash, it
 * goes on with what is left.
 */
export async function replayMany(
  parts: ReplayParts,
  by: Caller,
  request: { batchId: string; filter: DeliveryFilter; max: number },
): Promise<ReplayResult> {
  const { batchId, filter, max } = request;
  const { store, outbox } = parts;
  const matched = await countReplayable(store, filter);
  const ids = (await store.list<{ id: string }>((db) => replayableIds(db, filter, max))).map(({ id }) => id);
  let replayed = 0;
  for (let from = 0; from < ids.length; from += CHUNK) {
    const chunk = ids.slice(from, from + CHUNK);
    replayed += await retrying(store, (unit) => replayChunk(parts, unit, by, batchId, chunk));
  }
  if (replayed > 0) outbox.wake();
  return { matched, replayed, remaining: Math.max(0, matched - replayed) };
}

async function replayChunk(
  { outbox, audit }: ReplayParts,
  unit: Unit,
  by: Caller,
  batchId: string,
  ids: readonly string[],
): Promise<number> {
  let count = 0;
  for (const id of ids) {
    const dead = await unit.one(deliveryById, { id });
    if (dead?.state !== 'dead' || (await unit.one(replayOf, { id }))) continue;
    await outbox.replay(unit, dead);
    count += 1;
  }
  if (count > 0) {
    await audit.add(unit, {
      ...by,
      act: 'replay',
      kind: 'delivery',
      subject: batchId,
      detail: { count, first: ids[0] ?? '', last: ids.at(-1) ?? '' },
    });
  }
  return count;
}
