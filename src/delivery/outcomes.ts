import type { Clock } from '../clock.ts';
import type { Events } from '../events/events.ts';
import type { Store } from '../store/port.ts';
import { backoffMs } from './backoff.ts';
import type { AfterCommit, LinkError, MessageHandlers, MessageName, Receipt } from './port.ts';
import { type DeliveryRow, markDelivered, release } from './queries.ts';
import type { Relay } from './relay.ts';
import { retrying } from './retrying.ts';

/** What it takes to record how an attempt went. */
export interface OutcomeParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly handlers: MessageHandlers;
  readonly events: Events;
  readonly random: () => number;
  /** Tells the senders of what we passed on what became of it. */
  readonly relay?: Relay | undefined;
}

/** The other side has the message: recorded together with what that means to its feature. */
export async function recordReceipt(parts: OutcomeParts, row: DeliveryRow, receipt: Receipt): Promise<void> {
  const after = await retrying(parts.store, async (unit): Promise<AfterCommit | undefined> => {
    const now = parts.clock.now();
    const changed = await unit.run(markDelivered, { id: row.id, receipt_at: receipt.receivedAt, now });
    if (changed === 0) return undefined;
    const at = receipt.receivedAt;
    if (row.sender !== null) return parts.relay?.tell(unit, row, { outcome: 'reached', at }) ?? nothing;
    // The next on the way has it; once the receiver has it, a report comes.
    if (row.receiver !== null) return nothing;
    return (await parts.handlers.get(row.type)?.delivered(unit, nameOf(row), at)) ?? nothing;
  });
  if (!after) return;
  after();
  publish(parts, row, 'delivered');
}

/** The message was not handed over: to be tried again later, or dead. */
export async function recordFailure(
  parts: OutcomeParts,
  row: DeliveryRow,
  failure: LinkError,
): Promise<void> {
  const now = parts.clock.now();
  const nextAt = now + backoffMs(row.attempts, parts.random(), failure.retryAfterMs);
  const expired = failure.kind === 'transient' && nextAt > row.expires_at;
  const dead = failure.kind === 'permanent' || expired;
  const reason = expired ? `expired: ${failure.message}` : failure.message;
  const after = await retrying(parts.store, async (unit): Promise<AfterCommit | undefined> => {
    const changed = await unit.run(release, {
      id: row.id,
      lease: row.lease ?? '',
      state: dead ? 'dead' : 'queued',
      next_at: nextAt,
      attempts: row.attempts,
      last_error: reason,
      now,
    });
    if (changed === 0 || !dead) return undefined;
    if (row.sender !== null)
      return parts.relay?.tell(unit, row, { outcome: 'lost', at: now, reason }) ?? nothing;
    return (await parts.handlers.get(row.type)?.undelivered(unit, nameOf(row))) ?? nothing;
  });
  if (!after) return;
  after();
  publish(parts, row, 'dead');
}

/** The attempt was cut off by our own stop, so it does not count. */
export async function giveBack(parts: OutcomeParts, row: DeliveryRow): Promise<void> {
  const now = parts.clock.now();
  await parts.store.write((unit) =>
    unit.run(release, {
      id: row.id,
      lease: row.lease ?? '',
      state: 'queued',
      next_at: now,
      attempts: row.attempts - 1,
      last_error: row.last_error,
      now,
    }),
  );
}

const nothing: AfterCommit = () => undefined;

function nameOf(row: DeliveryRow): MessageName {
  return {
    id: row.message_id,
    correlationId: row.correlation_id,
    to: row.receiver ?? row.organisation,
    type: row.type,
  };
}

function publish(parts: OutcomeParts, row: DeliveryRow, state: 'delivered' | 'dead'): void {
  const { organisation, type, correlation_id: correlationId } = row;
  parts.events.publish('delivery.state', row.id, { state, organisation, type, correlationId });
}
