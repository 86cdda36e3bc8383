import type { Clock } from '../clock.ts';
import { type ErrorCode, isErrorCode } from '../errors.ts';
import type { Events } from '../events/events.ts';
import type { Store, Unit } from '../store/port.ts';
import { backoffMs } from './backoff.ts';
import { expireDelivery } from './expiry-queries.ts';
import {
  type AfterCommit,
  type LinkError,
  type MessageHandlers,
  type MessageName,
  nothing,
  type Receipt,
} from './port.ts';
import { type DeliveryRow, markDelivered, release } from './queries.ts';
import type { Relay } from './relay.ts';
import { retrying } from './retrying.ts';
import { together } from './together.ts';

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

export interface Received {
  readonly row: DeliveryRow;
  readonly receipt: Receipt;
}

/**
 * The other side has these messages: recorded together with what that means to their feature, in one unit. Rejects
 * where one of them could not be recorded; the others are.
 */
export async function recordReceipts(parts: OutcomeParts, received: readonly Received[]): Promise<void> {
  const done = await together(parts.store, received, (unit, each) => receiptWithin(parts, unit, each));
  for (const [index, outcome] of done.entries()) {
    if (outcome.status === 'rejected' || !outcome.value) continue;
    outcome.value();
    publish(parts, received[index]!.row, 'delivered');
  }
  const failed = done.find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason;
}

/** Nothing where it was recorded before. */
async function receiptWithin(
  parts: OutcomeParts,
  unit: Unit,
  { row, receipt }: Received,
): Promise<AfterCommit | undefined> {
  const now = parts.clock.now();
  const changed = await unit.run(markDelivered, { id: row.id, receipt_at: receipt.receivedAt, now });
  if (changed === 0) return undefined;
  const at = receipt.receivedAt;
  if (row.sender !== null) return parts.relay?.tell(unit, row, { outcome: 'reached', at }) ?? nothing;
  // The next on the way has it; once the receiver has it, a report comes.
  if (row.receiver !== null) return nothing;
  return (await parts.handlers.get(row.type)?.delivered?.(unit, nameOf(row), at)) ?? nothing;
}

/** The message was not handed over: to be tried again later, at its expiry for the last time; or dead. */
export async function recordFailure(
  parts: OutcomeParts,
  row: DeliveryRow,
  failure: LinkError,
): Promise<void> {
  const now = parts.clock.now();
  const expired = failure.kind === 'transient' && now >= row.expires_at;
  const reason = failure.kind === 'permanent' ? reasonOf(failure) : expired ? EXPIRED : null;
  const nextAt = Math.min(
    now + backoffMs(row.attempts, parts.random(), failure.retryAfterMs),
    row.expires_at,
  );
  const change = {
    id: row.id,
    lease: row.lease ?? '',
    state: reason === null ? 'queued' : 'dead',
    next_at: nextAt,
    attempts: row.attempts,
    last_error: expired ? `expired: ${failure.message}` : failure.message,
    reason,
    now,
  } as const;
  if (reason === null) await parts.store.write((unit) => unit.run(release, change));
  else await bury(parts, row, { ...change, reason }, (unit) => unit.run(release, change));
}

/** The time of a message is over, and nobody is sending it. */
export async function giveUp(parts: OutcomeParts, row: DeliveryRow): Promise<void> {
  const change = {
    id: row.id,
    last_error: `expired: ${row.last_error ?? 'it could not be tried'}`,
    reason: EXPIRED,
    now: parts.clock.now(),
  } as const;
  await bury(parts, row, change, (unit) => unit.run(expireDelivery, change));
}

/** What gives a message up and what that means to its feature are one unit; both ends with one report. */
async function bury(
  parts: OutcomeParts,
  row: DeliveryRow,
  { reason, last_error, now }: { reason: ErrorCode; last_error: string; now: number },
  change: (unit: Unit) => Promise<number>,
): Promise<void> {
  const after = await retrying(parts.store, async (unit): Promise<AfterCommit | undefined> => {
    if ((await change(unit)) === 0) return undefined;
    await parts.events.keep(unit, 'delivery.state', row.id, newsOf(row, 'dead'));
    if (row.sender !== null) {
      const fate = { outcome: 'lost', at: now, reason: last_error } as const;
      return (await parts.relay?.tell(unit, row, fate)) ?? nothing;
    }
    return (await parts.handlers.get(row.type)?.undelivered?.(unit, nameOf(row))) ?? nothing;
  });
  if (!after) return;
  after();
  publish(parts, row, 'dead');
  const { organisation, type, correlation_id: correlationId } = row;
  parts.events.publish('delivery.undelivered', row.id, { organisation, type, correlationId, reason });
}

const EXPIRED = 'delivery.expired';

/** The code the other side gave, where it is one of ours; nothing of its own is kept. */
function reasonOf({ code }: LinkError): ErrorCode {
  return code !== undefined && isErrorCode(code) ? code : 'delivery.refused';
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
      reason: null,
      now,
    }),
  );
}

function nameOf(row: DeliveryRow): MessageName {
  return {
    id: row.message_id,
    correlationId: row.correlation_id,
    to: row.receiver ?? row.organisation,
    type: row.type,
  };
}

function newsOf(
  { organisation, type, correlation_id: correlationId }: DeliveryRow,
  state: 'delivered' | 'dead',
) {
  return { state, organisation, type, correlationId };
}

function publish(parts: OutcomeParts, row: DeliveryRow, state: 'delivered' | 'dead'): void {
  parts.events.publish('delivery.state', row.id, newsOf(row, state));
}
