import { isDay } from './digits.ts';

/** Weights and check characters of the citizen number (GB 11643-1999, 4.3). */
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2] as const;
const CHECK_CHARACTERS = '10X98765432';

/** All numbers of fifteen digits were given out before 2000. */
const OLD_CENTURY = '19';

/** Whether an 18-character citizen number carries the check character that its digits ask for. */
export function checksumHolds(number: string): boolean {
  return /^\d{17}[\dX]$/.test(number) && checkCharacterOf(number) === number[17];
}

/** The check character of a number's first seventeen digits. */
function checkCharacterOf(digits: string): string {
  const sum = WEIGHTS.reduce((total, weight, at) => total + weight * Number(digits[at]), 0);
  return CHECK_CHARACTERS.charAt(sum % 11);
}

/** What a citizen number says of its own (GB 11643-1999, 4.2). */
export interface CitizenFacts {
  /** yyyymmdd. */
  readonly birthDate: string;
  readonly sex: 'male' | 'female';
}

/** Reads an 18-character number; nothing where its date is none, or its check character doesn't hold. */
export function citizenFacts(number: string): CitizenFacts | undefined {
  const birthDate = number.slice(6, 14);
  if (!checksumHolds(number) || !isDay(birthDate)) return undefined;
  return { birthDate, sex: sexDigit(number) };
}

/** The seventeenth digit is odd for men. */
export function sexDigit(number: string): CitizenFacts['sex'] {
  return Number(number[16]) % 2 === 1 ? 'male' : 'female';
}

/** The 18-character form of an old number of fifteen digits; nothing where its date is none. */
export function modernNumber(old: string): string | undefined {
  if (!/^\d{15}$/.test(old)) return undefined;
  const digits = old.slice(0, 6) + OLD_CENTURY + old.slice(6);
  return isDay(digits.slice(6, 14)) ? digits + checkCharacterOf(digits) : undefined;
}

/** Whether two numbers are one person's, where either may be of fifteen digits. */
export function isSameNumber(one: string, other: string): boolean {
  const [a, b] = [one.toUpperCase(), other.toUpperCase()];
  return a === b || modernNumber(a) === b || modernNumber(b) === a;
}
