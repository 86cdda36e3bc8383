import { chinaDate } from '../../clock.ts';
import type { Period } from '../port.ts';

const DAY_MS = 24 * 3_600_000;

/** The span of a day (yyyy-MM-dd) or a month (yyyy-MM) in China: its first moment, and the first after it. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Nothing for a day or a month that the calendar does not have. */
export function spanOf(period: string): Span | undefined {
  const match = /^(\d{4})-(\d\d)(?:-(\d\d))?$/.exec(period);
  if (!match) return undefined;
  const [, year = '', month = '', day] = match;
  const from = Date.parse(`${year}-${month}-${day ?? '01'}T00:00:00+08:00`);
  // 2026-02-30 is read as a day in March by some.
  if (Number.isNaN(from) || !chinaDate(from).startsWith(period)) return undefined;
  if (day !== undefined) return { from, to: from + DAY_MS };
  const next =
    month === '12' ? `${Number(year) + 1}-01` : `${year}-${String(Number(month) + 1).padStart(2, '0')}`;
  return { from, to: Date.parse(`${next}-01T00:00:00+08:00`) };
}

export function isMonth(period: string): boolean {
  return period.length === 7;
}

/** The days of a period, as an insurer is asked about them. */
export function daysOf(period: string): Period {
  const span = spanOf(period);
  if (!span) throw new Error(`no such period: ${period}`);
  return { from: chinaDate(span.from), to: chinaDate(span.to - 1) };
}

/** Every day of a month. */
export function eachDayOf(month: string): string[] {
  const span = spanOf(month);
  if (!span) return [];
  const days: string[] = [];
  for (let at = span.from; at < span.to; at += DAY_MS) days.push(chinaDate(at));
  return days;
}

export function dayBefore(day: string): string {
  return chinaDate((spanOf(day)?.from ?? 0) - 1);
}

/** The moment of a day at a time of the clock, HH:mm, in China. */
export function momentOf(day: string, time: string): number {
  return Date.parse(`${day}T${time}:00+08:00`);
}
