/** Days as they stand in the API: 2026-03-01. */
export interface Period {
  readonly from: string;
  readonly to: string;
}

const DAY_MS = 86_400_000;
const AHEAD_MS = 8 * 3_600_000;
const MONTHS_BACK = 11;

/** A day of China. */
function dayOf(at: number): string {
  return new Date(at + AHEAD_MS).toISOString().slice(0, 10);
}

/** This month and the eleven before it. */
export function lastYear(now: number): Period {
  const to = dayOf(now);
  const [year = 0, month = 1] = to.split('-').map(Number);
  const first = new Date(Date.UTC(year, month - 1 - MONTHS_BACK, 1));
  return { from: first.toISOString().slice(0, 10), to };
}

/** The months of a period, each cut to it. */
export function monthsOf({ from, to }: Period): (Period & { readonly month: string })[] {
  const months: (Period & { month: string })[] = [];
  for (let start = from; start <= to; ) {
    const [year = 0, month = 1] = start.split('-').map(Number);
    const next = Date.UTC(year, month, 1);
    const last = new Date(next - DAY_MS).toISOString().slice(0, 10);
    months.push({ month: start.slice(0, 7), from: start, to: last < to ? last : to });
    start = new Date(next).toISOString().slice(0, 10);
  }
  return months;
}

const IS_DAY = /^\d{4}-\d{2}-\d{2}$/;

export function isDay(text: string | undefined): text is string {
  return text !== undefined && IS_DAY.test(text) && !Number.isNaN(Date.parse(text));
}
