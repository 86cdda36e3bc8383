/** Days and months of China, by which everything is counted that people count. */
import { type RawBuilder, sql } from 'kysely';
import { Fault } from '../errors.ts';
import type { Dialect } from './query.ts';

const DAY_MS = 86_400_000;

/** The longest time that is counted at once. */
const DAYS_MAX = 366;

/** From the first day's beginning until after the last, epoch ms; both days are included. Fault `request.invalid`. */
export function spanOf(from: string, to: string): { from: number; until: number } {
  const start = Date.parse(`${from}T00:00:00+08:00`);
  const until = Date.parse(`${to}T00:00:00+08:00`) + DAY_MS;
  if (until <= start) throw new Fault('request.invalid', { pointer: '/query/to', detail: 'is before from' });
  if (until - start > DAYS_MAX * DAY_MS) {
    const detail = `at most ${DAYS_MAX} days`;
    throw new Fault('request.invalid', { pointer: '/query/to', detail });
  }
  return { from: start, until };
}

/** The month of a column of epoch ms, as 2026-03. */
export function monthOf(column: string, dialect: Dialect): RawBuilder<string> {
  const seconds = sql`${sql.ref(column)} / 1000 + 28800`;
  return dialect === 'sqlite'
    ? sql<string>`strftime('%Y-%m', ${seconds}, 'unixepoch')`
    : sql<string>`to_char(to_timestamp(${seconds}) at time zone 'UTC', 'YYYY-MM')`;
}
