import type { Identity } from '../../../schemas/identity.ts';
import { chinaDate } from '../../clock.ts';
import { sexCode } from './codes.ts';

/** Who a form is about, as far as it is known: what the identity says, else what the citizen number says. */
export function personFacts(identity: Identity) {
  const told = identity.documentType === 'resident-id' ? citizenNumber(identity.documentNumber) : undefined;
  const birthDate = identity.birthDate ?? told?.birthDate;
  const sex = identity.sex ?? told?.sex ?? 'unstated';
  return { birthDate, sex: sexCode(sex) };
}

/** GB 11643-1999: digits 7 to 14 are the day of birth, the seventeenth is odd for men. */
function citizenNumber(number: string) {
  const match = /^\d{6}(\d{4})(\d{2})(\d{2})\d{2}(\d)[\dXx]$/.exec(number);
  if (!match) return undefined;
  const [, year, month, day, order] = match;
  const birthDate = `${year}-${month}-${day}`;
  // A number with a day that no calendar has tells nothing.
  const parsed = new Date(`${birthDate}T00:00:00Z`);
  if (Number.isNaN(parsed.getTime()) || parsed.toISOString().slice(0, 10) !== birthDate) return undefined;
  return { birthDate, sex: Number(order) % 2 === 1 ? ('male' as const) : ('female' as const) };
}

/** The age on a day (both yyyy-MM-dd): whole years, the months beyond them, and how a form writes it. */
export function ageOn(birthDate: string, on: string) {
  const [birthYear, birthMonth, birthDay] = numbersOf(birthDate);
  const [year, month, day] = numbersOf(on);
  const months = (year - birthYear) * 12 + month - birthMonth - (day < birthDay ? 1 : 0);
  if (months < 0) return undefined;
  const years = Math.floor(months / 12);
  return { years, months: months % 12, text: textOf(years, months, birthDate, on) };
}

const DAY_MS = 86_400_000;

/** Small children are counted in months, and the newborn in days. */
function textOf(years: number, months: number, birthDate: string, on: string): string {
  if (years >= 1) return `${years}岁`;
  if (months >= 1) return `${months}月`;
  return `${Math.round((Date.parse(on) - Date.parse(birthDate)) / DAY_MS)}天`;
}

function numbersOf(day: string): [number, number, number] {
  return [Number(day.slice(0, 4)), Number(day.slice(5, 7)), Number(day.slice(8, 10))];
}

/** The day in China of a time in RFC 3339. */
export function dayOf(timestamp: string): string {
  return chinaDate(Date.parse(timestamp));
}
