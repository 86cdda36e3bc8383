import { HOPS_MAX } from '../../schemas/delivery.ts';
import type { Clock, Ids } from '../clock.ts';
import { Fault } from '../errors.ts';
import type { Store, Unit } from '../store/port.ts';
import type { StoredOutbox } from './outbox.ts';
import type { AfterCommit, Message, Ways } from './port.ts';
import { type DeliveryRow, moveQueued, newestOfMessage, queuedPlaces } from './queries.ts';
import { encodeReport, type Fate, REPORT } from './reports.ts';

export interface RelayParts {
  readonly outbox: StoredOutbox;
  readonly ways: Ways;
  readonly clock: Clock;
  readonly ids: Ids;
  /** The code of our own organisation. */
  readonly organisation: string;
}

/**
 * Passes on what comes to us for somebody else, when we are on its way.
 *
 *     sender ──► us: on disk, receipt to whoever handed it over ──► the next on the way ──► … ──► receiver
 *        ◄──────────────── report: the receiver has it, or it was given up here and why ────────────┘
 *
 * Each hop signs for itself, and what it vouches for is checked by the next (`Ways.mayPassOn`). The message names
 * those that passed it on, goes to none of them again, and goes no further than `HOPS_MAX`.
 */
export class Relay {
  readonly #parts: RelayParts;

  constructor(parts: RelayParts) {
    this.#parts = parts;
  }

  /** Whether a message that `neighbour` hands over may have come to us that way. */
  mayComeFrom(neighbour: string, message: Message): boolean {
    return message.via === undefined || this.#parts.ways.mayPassOn(neighbour, message.from);
  }

  /** Takes a message for somebody else. Throws Fault link.loop, link.unknown-receiver, link.no-way. */
  async receive(unit: Unit, message: Message): Promise<AfterCommit> {
    const { outbox, ways, organisation } = this.#parts;
    const passed = [message.from, ...(message.via ?? [])];
    const facts = { organisation, receiver: message.to };
    if (passed.includes(organisation) || passed.includes(message.to) || passed.length >= HOPS_MAX)
      throw new Fault('link.loop', { facts: { ...facts, hops: passed.length } });
    const way = ways.hopTo(message.to, [...passed, organisation]);
    if (!way.ok)
      throw new Fault(way.error === 'unknown' ? 'link.unknown-receiver' : 'link.no-way', { facts });
    await outbox.passOn(unit, message, way.value, [...(message.via ?? []), organisation]);
    return () => outbox.wake();
  }

  /** It came again: passed on once more where it had been given up, since somebody replays it. */
  async repeated(unit: Unit, message: Message): Promise<AfterCommit> {
    const { outbox, ids } = this.#parts;
    const row = await unit.one(newestOfMessage, { message_id: message.id });
    if (row?.state !== 'dead' || row.sender !== message.from) return () => undefined;
    await outbox.replay(unit, row, ids.next());
    return () => outbox.wake();
  }

  /** Tells the sender of a message that we passed on what became of it. */
  async tell(unit: Unit, row: DeliveryRow, fate: Fate): Promise<AfterCommit> {
    const { outbox, clock, ids, organisation } = this.#parts;
    // The next one passes it on in turn, and tells. And nobody waits for word of a report.
    const notYet = fate.outcome === 'reached' && row.receiver !== null;
    if (row.sender === null || row.type === REPORT || notYet) return () => undefined;
    await outbox.enqueue(unit, {
      id: ids.next(),
      correlationId: row.correlation_id,
      to: row.sender,
      orderSeq: clock.now(),
      // Who sent an emergency waits for word of it as urgently.
      priority: row.priority,
      type: REPORT,
      body: encodeReport({ messageId: row.message_id, by: organisation, ...fate }),
    });
    return () => outbox.wake();
  }
}

/** Sends what is queued over the ways that there are now; answers how many messages changed theirs. */
export async function reroute(store: Store, ways: Ways, now: number): Promise<number> {
  const places = await store.all(queuedPlaces, {});
  const moves = places.flatMap((place) => {
    const to = place.receiver ?? place.organisation;
    const via = place.via === null ? [] : (JSON.parse(place.via) as string[]);
    const way = ways.hopTo(to, place.sender === null ? [] : [place.sender, ...via]);
    if (!way.ok || way.value === place.organisation) return [];
    return [{ ...place, hop: way.value, for: way.value === to ? null : to, now }];
  });
  if (moves.length === 0) return 0;
  return store.write(async (unit) => {
    let moved = 0;
    for (const move of moves) moved += await unit.run(moveQueued, move);
    return moved;
  });
}
