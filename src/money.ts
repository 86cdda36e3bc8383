import { err, ok, type Result } from './result.ts';

/** Amounts are integers of fen (1/100 yuan). The largest the insurer's n(16,2) can hold is below 2^53. */
export type Fen = number;

/** The largest amount that is exact as a number and fits n(16,2). */
export const FEN_MAX = 9_007_199_254_740_991;

const DECIMAL = /^(-?)(\d{1,14})(?:\.(\d+))?(?:[eE]([+-]?\d{1,2}))?$/;

/**
 * Reads an amount in yuan from its text, exactly: never through a float. Takes what insurers write ("12.3", "12",
 * "0.0", "-0.10", "1E+2", "1.20E1", and "" as zero), refuses anything finer than a fen unless the rest is zeros.
 */
export function fenOf(text: string): Result<Fen, 'not-a-number' | 'too-precise' | 'too-large'> {
  if (text === '') return ok(0);
  const match = DECIMAL.exec(text);
  if (!match) return err('not-a-number');
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const shift = Number(exponent) + 2;
  const digits = whole + fraction;
  const point = whole.length + shift;
  const kept = point <= 0 ? '' : digits.slice(0, point).padEnd(point, '0');
  const rest = point <= 0 ? digits : digits.slice(point);
  if (/[1-9]/.test(rest)) return err('too-precise');
  const fen = Number(kept || '0');
  if (!Number.isSafeInteger(fen)) return err('too-large');
  return ok(sign === '-' && fen !== 0 ? -fen : fen);
}

/** Writes fen as yuan with two decimals: 1230 → "12.30". */
export function yuanOf(fen: Fen): string {
  const digits = String(Math.abs(fen)).padStart(3, '0');
  return `${fen < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
