import type { Fen } from '../../../src/money.ts';

/** Hundredths of a fen: amounts of these interfaces have four decimals of a yuan. Integers, exact below 2^53. */
export type Parts = number;

export const PARTS_PER_FEN = 100;

const AMOUNT = /^(-?)(\d{1,11})(?:\.(\d{1,12}))?$/;

/**
 * Reads an amount in yuan of up to four decimals from its text, never through a float; empty is zero. `undefined` for
 * anything finer, unless the rest is zeros, and for what is no amount.
 */
export function partsOf(text: string): Parts | undefined {
  if (text === '') return 0;
  const match = AMOUNT.exec(text);
  if (!match) return undefined;
  const [, sign, whole = '', fraction = ''] = match;
  if (/[1-9]/.test(fraction.slice(4))) return undefined;
  const parts = Number(whole + fraction.slice(0, 4).padEnd(4, '0'));
  return sign === '-' && parts !== 0 ? -parts : parts;
}

/** To the nearest fen, half away from zero. */
export function fenNear(parts: Parts): Fen {
  const fen = Math.trunc((Math.abs(parts) + PARTS_PER_FEN / 2) / PARTS_PER_FEN);
  return parts < 0 && fen !== 0 ? -fen : fen;
}

/** Whether it is a whole number of fen. */
export function isWhole(parts: Parts): boolean {
  return parts % PARTS_PER_FEN === 0;
}
