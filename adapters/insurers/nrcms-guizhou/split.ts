import type { FundShare, Split } from '../../../src/settlement/port.ts';
import { fenNear, isWhole, PARTS_PER_FEN, type Parts, partsOf } from '../nrcms/amounts.ts';
import { childOf, childText, type Element } from '../nrcms/xml.ts';
import { DOUBTFUL, SHARES } from './profile.ts';

export interface SplitReading {
  readonly split: Split;
  /** Names of the rules that the amounts break. */
  readonly faults: readonly string[];
}

/**
 * Reads who pays what from an answer of S13, S14, S24, S25 (or S16, S27), whose amounts have four decimals:
 *
 *     self-pay = totalCost − compensateCost − Σ what the other funds pay
 *
 * compensateCost holds accRedeem, what the family account paid of it. Each share is rounded to the nearest fen; what
 * the patient pays is the rest. The rules, by the names of their faults:
 *
 * - `readable`: every amount is one, of at most four decimals, and stands once.
 * - `precision`: the total is a whole number of fen: that is what the bill is made of.
 * - `negative`: nobody's share is below zero.
 * - `rounding`: the rest is within one fen of the exact self-pay.
 * - `doubtful`: no amount above zero of which nobody knows whose it is.
 */
export function readSplit(data: Element): SplitReading {
  const unreadable: string[] = [];
  const of = (field: string): Parts => {
    const value = childOf(data, field);
    const parts =
      value === undefined || typeof value === 'string' ? partsOf((value ?? '').trim()) : undefined;
    if (parts === undefined) unreadable.push(field);
    return parts ?? 0;
  };
  const total = of('totalCost');
  const compensated = of('compensateCost');
  const account = of('accRedeem');
  const inScope = of('insuranceCost');
  const deductible = of('undulatingLine');
  const others = SHARES.map(([code, fund]) => ({ code, fund, parts: of(code) }));
  const shares = [
    { code: 'compensateCost', fund: 'pooled' as const, parts: compensated - account },
    ...others,
  ].filter(({ parts }) => parts !== 0);
  const funds = shares.map(({ code, fund, parts }): FundShare => ({ fund, code, amountFen: fenNear(parts) }));
  const fundFen = funds.reduce((sum, { amountFen }) => sum + amountFen, 0);
  const totalFen = fenNear(total);
  const accountFen = fenNear(account);
  const cashFen = totalFen - fundFen - accountFen;
  const selfPay = total - account - shares.reduce((sum, { parts }) => sum + parts, 0);
  const inScopeFen = fenNear(inScope);
  const doubtful = DOUBTFUL.filter((field) => of(field) !== 0);
  const rules: [name: string, holds: boolean][] = [
    ['readable', unreadable.length === 0 && childText(data, 'totalCost') !== ''],
    ['precision', isWhole(total)],
    ['negative', [account, selfPay, cashFen, ...shares.map(({ parts }) => parts)].every((part) => part >= 0)],
    ['rounding', Math.abs(cashFen * PARTS_PER_FEN - selfPay) <= PARTS_PER_FEN],
    ['doubtful', doubtful.length === 0],
  ];
  return {
    split: {
      totalFen,
      funds,
      fundFen,
      accountFen,
      cashFen,
      hospitalFen: 0,
      fullOwnFen: totalFen - inScopeFen,
      overLimitFen: 0,
      firstOwnFen: 0,
      inScopeFen,
      deductibleFen: fenNear(deductible),
    },
    faults: rules.filter(([, holds]) => !holds).map(([name]) => name),
  };
}
