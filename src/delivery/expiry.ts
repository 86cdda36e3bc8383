import type { Priority } from '../../schemas/referral.ts';
import { expiredDeliveries } from './expiry-queries.ts';
import { giveUp, type OutcomeParts } from './outcomes.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/**
 * How long a message is tried before its sender is told that it did not arrive. An emergency goes to the telephone
 * after an hour; what is routine outlasts the longest public holiday by a day.
 */
export const EXPIRES_AFTER_MS: Readonly<Record<Priority, number>> = {
  stat: HOUR_MS,
  urgent: 24 * HOUR_MS,
  routine: 9 * 24 * HOUR_MS,
};

/** The same as configured, in minutes; what is left out is as above. */
export function expiryOf(
  minutes: Readonly<Partial<Record<Priority, number>>> = {},
): Readonly<Record<Priority, number>> {
  const configured = Object.entries(minutes).map(([priority, value]) => [priority, value * MINUTE_MS]);
  return { ...EXPIRES_AFTER_MS, ...Object.fromEntries(configured) };
}

/** Given up in one round; the next comes at once while there are more. */
const BATCH = 100;

/**
 * Gives up what is past its time and could not even be tried: held up by an earlier message, by a link that is down,
 * or by an organisation that does not come for its mail. Answers how many.
 */
export async function expireOverdue(parts: OutcomeParts): Promise<number> {
  const rows = await parts.store.all(expiredDeliveries, { now: parts.clock.now(), limit: BATCH });
  for (const row of rows) await giveUp(parts, row);
  return rows.length;
}
