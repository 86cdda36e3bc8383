/** The digits of a BCD field (type cn): padding F on the right goes, anything but digits makes it empty. */
export function bcdDigits(field: Buffer): string {
  const digits = field.toString('hex').replace(/f+$/, '');
  return /^\d+$/.test(digits) ? digits : '';
}

/** Whether eight digits are a day of the calendar. */
export function isDay(digits: string): boolean {
  if (!/^\d{8}$/.test(digits)) return false;
  const day = dashed(digits);
  const at = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(day) && digits >= '19000101';
}

/** yyyymmdd → yyyy-mm-dd. */
export function dashed(digits: string): string {
  return `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6, 8)}`;
}

/**
 * The digits of a date field: eight of BCD, or, on some test cards, four of ASCII, which name a year only. Anything
 * else is empty.
 */
export function dateDigits(field: Buffer): string {
  const digits = bcdDigits(field);
  if (isDay(digits)) return digits;
  const text = field.toString('latin1');
  return /^(19|20)\d\d$/.test(text) ? text : '';
}

/** Digits of a date as the API shows them: a day, a year, or nothing. */
export function dateText(digits: string): string | undefined {
  if (isDay(digits)) return dashed(digits);
  return /^\d{4}$/.test(digits) ? digits : undefined;
}
