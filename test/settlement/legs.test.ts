import fc from 'fast-check';
import t from 'tap';
import { currentLeg, hasBefore, hasNext, isMidway, legsAfter, sumsOf } from '../../src/settlement/legs.ts';
import { EVENTS, isOver, next, type SettlementEvent } from '../../src/settlement/machine.ts';
import type { Settlement } from '../../src/settlement/model.ts';
import type { LegRow, SettlementRow } from '../../src/settlement/queries.ts';

/** What may be true at one payer, as far as the events say. */
type Money = 'no' | 'maybe' | 'yes';

/** A settlement with so many payers, without what only the store needs. */
function drafted(payers: number): Settlement {
  const legs = Array.from({ length: payers }, (_, index) => ({
    ordinal: index + 1,
    state: 'draft',
    live: 1,
    money_exchange: null,
    fund_fen: null,
    account_fen: null,
    paid_fen: null,
    cash_fen: null,
  }));
  const row = { id: 's', leg: 1, goal: null, state: 'draft', doubt_of: null };
  return { row: row as unknown as SettlementRow, legs: legs as unknown as LegRow[] };
}

/** Whether the flows would cause this event here: how many payers there are decides which of a pair it is. */
function fits(settlement: Settlement, event: SettlementEvent): boolean {
  const { state, doubt_of: doubtOf } = settlement.row;
  const backward = state === 'reversing' || doubtOf === 'reverse';
  switch (event) {
    case 'next-payer':
      return backward ? hasBefore(settlement) : hasNext(settlement);
    case 'accepted':
      return backward ? !hasBefore(settlement) && settlement.row.goal === 'reverse' : !hasNext(settlement);
    case 'unwound':
      return !hasBefore(settlement) && settlement.row.goal === 'unwind';
    case 'refused':
    case 'not-sent':
    case 'undone':
      return backward ? !isMidway(settlement) : !hasBefore(settlement);
    case 'payer-failed':
      return hasBefore(settlement);
    case 'again':
    case 'later':
    case 'undo-refused':
      return backward ? isMidway(settlement) : hasBefore(settlement);
    case 'review-settled':
      return !hasNext(settlement) && !isMidway(settlement);
    case 'review-next-payer':
      return hasNext(settlement) && !isMidway(settlement);
    case 'review-not-settled':
    case 'review-reversed':
      return !hasBefore(settlement);
    case 'review-undo-rest':
      return hasBefore(settlement);
    default:
      return true;
  }
}

/** What an event says of the payer it is about. */
function said(backward: boolean, event: SettlementEvent): Money | undefined {
  if (event.startsWith('accepted') || event === 'next-payer' || event === 'unwound')
    return backward ? 'no' : 'yes';
  if (event === 'refused' || event === 'not-sent' || event === 'undone' || event === 'again') {
    return backward ? 'yes' : 'no';
  }
  if (event === 'payer-failed' || event === 'review-undo-rest') return 'no';
  if (event === 'lost') return 'maybe';
  if (event === 'review-settled' || event === 'review-next-payer') return 'yes';
  if (event === 'review-not-settled' || event === 'review-reversed') return 'no';
  return undefined;
}

t.test(
  'any sequence of events moves money at one payer at a time, and ends with all of them or none',
  async (t) => {
    const history = fc.array(fc.constantFrom(...EVENTS), { maxLength: 80 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), history, (payers, events) => {
        let settlement = drafted(payers);
        const money: Money[] = Array.from({ length: payers }, () => 'no');
        for (const event of events) {
          const { row } = settlement;
          const transition = next({ state: row.state, doubtOf: row.doubt_of }, event);
          if (!transition || !fits(settlement, event)) continue;
          const backward = row.state === 'reversing' || row.doubt_of === 'reverse';
          money[row.leg - 1] = said(backward, event) ?? money[row.leg - 1]!;
          const { legs, cursor } = legsAfter(settlement, event, transition.to, {});
          const after = { state: transition.to, doubt_of: transition.doubtOf ?? null };
          settlement = { row: { ...row, ...cursor, ...after }, legs };
          holds(settlement, money, transition.sends);
        }
      }),
      { numRuns: 4_000 },
    );
    t.pass('held');
  },
);

function holds(settlement: Settlement, money: readonly Money[], sends: string | undefined): void {
  const { row, legs } = settlement;
  const here = money[row.leg - 1];
  if (sends === 'settle' && here !== 'no') throw new Error('settles what may be settled');
  if (sends === 'reverse' && here !== 'yes') throw new Error('reverses what may not be settled');
  if (money.filter((each) => each === 'maybe').length > 1) throw new Error('two payers in doubt at once');
  if (['draft', 'quoted', 'failed', 'reversed'].includes(row.state) && money.some((each) => each !== 'no')) {
    throw new Error(`${row.state} while a payer may have settled`);
  }
  if (row.state === 'settled' && money.some((each) => each !== 'yes'))
    throw new Error('settled, but not by all');
  for (const leg of legs) {
    if (leg.live !== (isOver(row.state) ? 0 : 1)) throw new Error('a leg lives by its settlement');
    const known = money[leg.ordinal - 1];
    if (leg.state === 'settled' && known !== 'yes') throw new Error('a leg is settled that is not');
    if (leg.state === 'reversed' && known !== 'no') throw new Error('a leg is reversed that is not');
  }
  if (!isOver(row.state) && currentLeg(settlement).ordinal !== row.leg)
    throw new Error('no leg is worked on');
}

t.test('what the payers take on together is known when all have been asked', async (t) => {
  const leg = (fund: number | null, account: number, cash: number) =>
    ({ fund_fen: fund, account_fen: account, paid_fen: 0, cash_fen: cash }) as LegRow;
  t.same(sumsOf([leg(50, 10, 40), leg(30, 0, 10)]), {
    fund_fen: 80,
    account_fen: 10,
    paid_fen: 0,
    cash_fen: 10,
  });
  t.equal(sumsOf([leg(50, 10, 40), leg(null, 0, 10)]).fund_fen, null);
});
