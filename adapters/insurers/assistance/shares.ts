import { type Fen, fenOf } from '../../../src/money.ts';
import type { Bill, Split } from '../../../src/settlement/port.ts';

/** Ten-thousandths, so that a ratio such as 0.7 or 0.655 is exact. */
const WHOLE = 10_000;

/** A ratio of at most 1 from its text, in ten-thousandths; nothing where it is none. */
export function ratioOf(text: string): number | undefined {
  const match = /^(0|1)(?:\.(\d{1,10}))?$/.exec(text);
  if (!match) return undefined;
  const [, whole = '0', fraction = ''] = match;
  if (/[1-9]/.test(fraction.slice(4))) return undefined;
  const ratio = Number(whole) * WHOLE + Number(fraction.slice(0, 4).padEnd(4, '0'));
  return ratio <= WHOLE ? ratio : undefined;
}

/**
 * What assistance counts: the cost within the policy's scope that the basic and the critical-illness insurance left
 * (救助基数). Without an insurer before it, all that is put to it.
 */
export function baseOf({ before, leftFen }: Pick<Bill, 'before' | 'leftFen'>): Fen {
  const basic = before.find(({ place }) => place === 'basic');
  if (!basic) return leftFen;
  const funds = before.reduce((total, { split }) => total + split.fundFen, 0);
  return Math.max(0, Math.min(leftFen, basic.split.inScopeFen - funds));
}

/** The share of assistance: the base by the ratio, to the fen, up to what is left of the year's cap. */
export function shareOf(baseFen: Fen, ratio: number, capFen: Fen): Fen {
  return Math.min(Math.floor((baseFen * ratio + WHOLE / 2) / WHOLE), capFen);
}

/**
 * What is left of the cap. Their service subtracts the year's aid from a cap that it does not find (-1.00), so
 * anything below zero is no cap: nothing, and a person of theirs must look.
 */
export function capOf(maxPay: string): Fen | undefined {
  const fen = fenOf(maxPay);
  return fen.ok && fen.value >= 0 ? fen.value : undefined;
}

export function splitOf({ leftFen }: Pick<Bill, 'leftFen'>, baseFen: Fen, assistanceFen: Fen): Split {
  return {
    totalFen: leftFen,
    funds: [{ fund: 'assistance', code: 'assistancePay', amountFen: assistanceFen }],
    fundFen: assistanceFen,
    accountFen: 0,
    cashFen: leftFen - assistanceFen,
    hospitalFen: 0,
    fullOwnFen: 0,
    overLimitFen: 0,
    firstOwnFen: 0,
    inScopeFen: baseFen,
    deductibleFen: 0,
  };
}
