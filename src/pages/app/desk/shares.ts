import type { Split } from '../../../../schemas/settlement.ts';
import { fenOf, yuanOf } from '../../../money.ts';

type Fund = `fund.${Split['funds'][number]['fund']}`;

/** Who pays a part of a bill. */
export type Payer = Fund | 'fund' | 'account' | 'paid' | 'cash';

export interface Share {
  readonly payer: Payer;
  readonly amount: string;
}

/**
 * A bill by who pays how much of it, nothing of 0.00: each fund by itself (统筹, 大病, 医疗救助 …) where the insurer has
 * told them all, else the funds as one.
 */
export function sharesOf(split: Split): Share[] {
  const funds = new Map<Payer, number>();
  for (const { fund, amount } of split.funds)
    funds.set(`fund.${fund}`, (funds.get(`fund.${fund}`) ?? 0) + fen(amount));
  const told = [...funds.values()].reduce((sum, each) => sum + each, 0);
  const shares: (readonly [Payer, number])[] = [
    ...(told === fen(split.fund) ? funds : [['fund', fen(split.fund)] as const]),
    ['account', fen(split.account)],
    ['paid', fen(split.paid ?? '0.00')],
    ['cash', fen(split.cash)],
  ];
  return shares.filter(([, each]) => each > 0).map(([payer, each]) => ({ payer, amount: yuanOf(each) }));
}

/** Amounts come from the gateway, as text with two decimals. */
function fen(yuan: string): number {
  const amount = fenOf(yuan);
  if (!amount.ok) throw new Error(`no amount: ${amount.error}`);
  return amount.value;
}
