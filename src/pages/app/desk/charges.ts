import type { Static } from 'typebox';
import type { Charge } from '../../../../schemas/settlement.ts';

/** A line that is no charge, and why. */
export interface Flaw {
  readonly line: number;
  readonly what: 'line.parts' | 'line.number';
}

export interface Charges {
  readonly charges: Static<typeof Charge>[];
  readonly flaws: Flaw[];
  /** In yuan, as on the wire: "92.40". */
  readonly total: string;
}

const COUNT = /^[0-9]{1,12}(?:\.([0-9]{1,4}))?$/;
const PRICE = /^[0-9]{1,10}(?:\.([0-9]{1,6}))?$/;

/**
 * The charges as they are pasted from a HIS or a table, one a line: insurer's code, own code, name, count, price,
 * between tabs or commas. Exact: a count has four places, a price six, an amount is rounded half up to the fen.
 */
export function chargesOf(text: string): Charges {
  const charges: Static<typeof Charge>[] = [];
  const flaws: Flaw[] = [];
  let totalFen = 0n;
  for (const [index, row] of text.split(/\r?\n/).entries()) {
    if (row.trim() === '') continue;
    const parts = row.split(/\t|,|\uff0c/).map((part) => part.trim());
    const [nationalCode = '', localCode = '', name = '', count = '', price = ''] = parts;
    if (parts.length !== 5 || nationalCode === '' || localCode === '' || name === '') {
      flaws.push({ line: index + 1, what: 'line.parts' });
      continue;
    }
    if (!COUNT.test(count) || !PRICE.test(price)) {
      flaws.push({ line: index + 1, what: 'line.number' });
      continue;
    }
    const fen = productFen(count, price);
    totalFen += fen;
    const line = String(charges.length + 1);
    charges.push({ line, nationalCode, localCode, name, count, price, amount: yuanOf(fen) });
  }
  return { charges, flaws, total: yuanOf(totalFen) };
}

function productFen(count: string, price: string): bigint {
  // Of ten places, two are kept.
  const unit = 10n ** 8n;
  return (scaled(count, 4) * scaled(price, 6) + unit / 2n) / unit;
}

function scaled(text: string, places: number): bigint {
  const [whole = '0', part = ''] = text.split('.');
  return BigInt(whole + part.padEnd(places, '0'));
}

function yuanOf(fen: bigint): string {
  const digits = fen.toString().padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
