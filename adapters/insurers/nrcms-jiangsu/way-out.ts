import { type Clock, chinaDate } from '../../../src/clock.ts';
import type {
  Bill,
  Doubt,
  Exchange,
  ExchangeRef,
  Proof,
  Quote,
  Settled,
  WayOut,
} from '../../../src/settlement/port.ts';
import { flow } from '../nhsa/flow.ts';
import type { DailyRow } from './daily.ts';
import { completeOf } from './daily.ts';
import { NOTHING } from './visit.ts';

export interface DailyListParts {
  readonly clock: Clock;
  /** HH:mm on the next day, when a day's list is complete; absent where nobody says that it ever is. */
  readonly completeAt: string | undefined;
  /** The list from one day to another; ends the flow where it can't be had. */
  rows(
    from: string,
    to: string,
    exchange: Exchange,
  ): Promise<{ readonly value: readonly DailyRow[]; readonly at: ExchangeRef }>;
}

/**
 * The way out of doubt: the insurer's list of the days on which the lost request may have acted, where a bill is known
 * by its number (FPHM) and its registration (DJLSH), which was there before any money moved.
 *
 * | lost | the list has | which proves |
 * |---|---|---|
 * | FybxJs | its settlement | settled |
 * | FybxJs | its settlement and its undoing | undone |
 * | ReSaveFybx | its undoing | reversed |
 * | either | neither | undone once the list is complete, nothing before |
 */
export function byDailyList({ clock, completeAt, rows }: DailyListParts): WayOut {
  return {
    way: 'statement',
    decides: ['FybxJs', 'ReSaveFybx'],
    take: (bill, doubt, exchange) =>
      flow(async () => {
        const { sentAt, deadlineAt } = doubt.lost;
        const askedAt = clock.now();
        const { value, at } = await rows(chinaDate(sentAt), chinaDate(deadlineAt), exchange);
        const found = proofOf(mineOf(value, bill, doubt), doubt, bill);
        if (found) return { value: found, at };
        const until = completeAt === undefined ? undefined : completeOf(deadlineAt, completeAt);
        if (until !== undefined && askedAt >= until) return { value: { is: 'undone' }, at };
        const reason = '当日明细中还没有 / not in the list of the day yet';
        return { value: { is: 'open', reason, ...(until === undefined ? {} : { until }) }, at };
      }),
  };
}

function mineOf(rows: readonly DailyRow[], bill: Bill, { quote, settled, lost }: Doubt): readonly DailyRow[] {
  const djid = (settled ?? quote ?? lost).handle?.djid;
  return rows.filter((row) => row.billNumber === bill.billNumber && row.djid !== '' && row.djid === djid);
}

function proofOf(rows: readonly DailyRow[], { of, quote, settled }: Doubt, bill: Bill): Proof | undefined {
  const paid = rows.find(({ kind }) => kind === 'settlement');
  const undone = rows.find(({ kind }) => kind === 'reversal');
  if (of === 'reverse') {
    const number = settled?.number ?? undone?.bxid ?? '';
    return undone && { is: 'reversed', reversed: { number, reversedAt: undone.at } };
  }
  if (undone) return { is: 'undone' };
  return paid && paid.bxid !== '' ? { is: 'settled', settled: settledBy(paid, quote, bill) } : undefined;
}

/** What was settled, by its row: the trial, where the amounts are its own; otherwise a person must look. */
function settledBy(row: DailyRow, quote: Quote | undefined, bill: Bill): Settled {
  const { totalFen, reimbursedFen } = row;
  const same = quote?.split.totalFen === totalFen && quote.split.fundFen === reimbursedFen;
  const split = {
    ...NOTHING,
    totalFen,
    funds: [{ fund: 'pooled' as const, code: 'SBJE', amountFen: reimbursedFen }],
    fundFen: reimbursedFen,
    cashFen: totalFen - reimbursedFen,
  };
  const faults = [...(same ? [] : ['list']), ...(totalFen === bill.totalFen ? [] : ['bill'])];
  return {
    split: same ? quote.split : split,
    number: row.bxid,
    settledAt: row.at,
    handle: quote?.handle ?? {},
    ...(faults.length > 0 ? { faults } : {}),
  };
}
