/** Days and months as text, yyyy-MM-dd and yyyy-MM, in China. */

const DAY_MS = 86_400_000;
const CHINA_OFFSET_MS = 8 * 3_600_000;

export function todayIn(now: number): string {
  return new Date(now + CHINA_OFFSET_MS).toISOString().slice(0, 10);
}

export function monthOf(day: string): string {
  return day.slice(0, 7);
}

export function isMonth(period: string): boolean {
  return /^[0-9]{4}-(0[1-9]|1[0-2])$/.test(period);
}

export function isDay(period: string): boolean {
  return /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(period) && plusDays(period, 0) === period;
}

/** The day so many days after this one; nothing where this is no day. */
export function plusDays(day: string, days: number): string | undefined {
  const at = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(at) ? undefined : new Date(at + days * DAY_MS).toISOString().slice(0, 10);
}

export function plusMonths(month: string, months: number): string {
  const [year = 0, number = 1] = month.split('-').map(Number);
  const count = year * 12 + number - 1 + months;
  return `${String(Math.floor(count / 12)).padStart(4, '0')}-${String((count % 12) + 1).padStart(2, '0')}`;
}

export function lastDayOf(month: string): string {
  return plusDays(`${plusMonths(month, 1)}-01`, -1) ?? '';
}

/** The days of a month, by weeks from Monday on; nothing where a day is another month's. */
export function weeksOf(month: string): (string | undefined)[][] {
  const first = `${month}-01`;
  const before = (new Date(`${first}T00:00:00Z`).getUTCDay() + 6) % 7;
  const weeks: (string | undefined)[][] = [];
  for (let start = -before; ; start += 7) {
    const week = Array.from({ length: 7 }, (_, index) => {
      const day = plusDays(first, start + index);
      return day !== undefined && monthOf(day) === month ? day : undefined;
    });
    if (week.every((day) => day === undefined)) return weeks;
    weeks.push(week);
  }
}

/** Where an arrow key leads from a day; nothing for other keys. */
export function dayAfterKey(key: string, day: string): string | undefined {
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -7,
    ArrowDown: 7,
  };
  const days = steps[key];
  return days === undefined ? undefined : plusDays(day, days);
}
