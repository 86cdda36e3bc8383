import type { Share } from './bill.ts';
import { isOver, type SettlementEvent, type State } from './machine.ts';
import type { Settlement, SettlementSeals } from './model.ts';
import type { Bill, Quote, Settled } from './port.ts';
import type { LegRow, SettlementRow } from './queries.ts';

/**
 * A settlement's payers. They are asked one after the other, in the legal order, each for what the former left, and
 * undone in the opposite order; `settlements.leg` is the one that is worked on, `settlements.goal` what for.
 *
 *     settle:   1 settling ─► 1 settled, 2 settling ─► … ─► all settled
 *     reverse:  n reversing ─► n reversed, n-1 reversing ─► … ─► all reversed
 *     unwind:   k failed, k-1 reversing ─► … ─► the settlement has failed, and nothing stands
 */

/** The leg that is worked on. */
export function currentLeg({ row, legs }: Settlement): LegRow {
  const leg = legs[row.leg - 1];
  if (!leg) throw new Error(`settlement ${row.id} has no leg ${row.leg}`);
  return leg;
}

/** Whether a payer is still to be asked after this one. */
export function hasNext({ row, legs }: Settlement): boolean {
  return row.leg < legs.length;
}

/** Whether a payer before this one has settled, and so would have to be undone with it. */
export function hasBefore({ row }: Settlement): boolean {
  return row.leg > 1;
}

/** Whether undoing has begun: from here on it is gone through with. */
export function isMidway({ row, legs }: Settlement): boolean {
  return row.goal === 'unwind' || legs.some(({ state }) => state === 'reversed');
}

type Cursor = Pick<SettlementRow, 'leg' | 'goal'>;

/** The legs after an event, and which of them is worked on then. `patch` is what changes of the current one. */
export function legsAfter(
  settlement: Settlement,
  event: SettlementEvent,
  to: State,
  patch: Partial<LegRow>,
): { readonly legs: readonly LegRow[]; readonly cursor: Cursor } {
  const { row } = settlement;
  const cursor: Cursor = { leg: row.leg, goal: row.goal };
  const live = isOver(to) ? 0 : 1;
  const set = (states: Readonly<Record<number, State>>, next: Cursor = cursor) => ({
    legs: settlement.legs.map((leg) => ({
      ...leg,
      ...(leg.ordinal === row.leg ? patch : {}),
      ...(next.leg === leg.ordinal && next.leg !== row.leg ? { money_exchange: null } : {}),
      state: states[leg.ordinal] ?? leg.state,
      live,
    })),
    cursor: next,
  });
  const all = (state: State, next: Cursor) =>
    set(Object.fromEntries(settlement.legs.map(({ ordinal }) => [ordinal, state])), next);
  const back: Cursor = { leg: row.leg - 1, goal: row.goal };

  switch (event) {
    case 'quote': {
      // What the payers said before counts no more.
      const { legs } = all('draft', { leg: 1, goal: null });
      return { legs: legs.map((leg) => ({ ...leg, ...patch })), cursor: { leg: 1, goal: null } };
    }
    case 'confirm':
      return set({ 1: 'settling' }, { leg: 1, goal: 'settle' });
    case 'reverse':
      return set({ [settlement.legs.length]: 'reversing' }, { leg: settlement.legs.length, goal: 'reverse' });
    case 'next-payer':
    case 'review-next-payer':
      return to === 'settling'
        ? set({ [row.leg]: 'settled', [row.leg + 1]: 'settling' }, { leg: row.leg + 1, goal: 'settle' })
        : set({ [row.leg]: 'reversed', [back.leg]: 'reversing' }, back);
    case 'payer-failed':
      return set({ [row.leg]: 'failed', [back.leg]: 'reversing' }, { leg: back.leg, goal: 'unwind' });
    case 'review-undo-rest':
      return set(
        { [row.leg]: patch.state ?? 'reversed', [back.leg]: 'reversing' },
        { leg: back.leg, goal: row.goal === 'reverse' ? 'reverse' : 'unwind' },
      );
    case 'unwound':
      return set({ [row.leg]: 'reversed' }, { leg: row.leg, goal: null });
    default:
  }
  // With several payers only the current one changes, but before money moves and after it is known not to have.
  if (to === 'draft' || to === 'quoted') return all(to, { leg: 1, goal: null });
  if (to === 'failed' && !isMidway(settlement)) return all(to, { leg: row.leg, goal: null });
  return set({ [row.leg]: to }, isResting(to) ? { leg: row.leg, goal: null } : cursor);
}

function isResting(state: State): boolean {
  return state === 'settled' || state === 'reversed' || state === 'failed';
}

/** What the payers take on together; nothing before all of them have been asked. */
export function sumsOf(
  legs: readonly LegRow[],
): Pick<SettlementRow, 'fund_fen' | 'account_fen' | 'paid_fen' | 'cash_fen'> {
  const sum = (field: 'fund_fen' | 'account_fen' | 'paid_fen') =>
    legs.every((leg) => leg[field] !== null)
      ? legs.reduce((total, leg) => total + (leg[field] ?? 0), 0)
      : null;
  const cash = legs.every((leg) => leg.cash_fen !== null) ? (legs.at(-1)?.cash_fen ?? null) : null;
  return {
    fund_fen: sum('fund_fen'),
    account_fen: sum('account_fen'),
    paid_fen: sum('paid_fen'),
    cash_fen: cash,
  };
}

/**
 * The bill as it is put to the payer at `ordinal`: with what those before have taken on, as they settled it, or as
 * they said they would.
 */
export function billFor(
  settlement: Settlement,
  ordinal: number,
  seals: SettlementSeals,
  quotes: readonly Quote[] = [],
): Bill {
  const bill = seals.bill(settlement.row);
  const before = settlement.legs.slice(0, ordinal - 1).map((leg, index): Share => {
    const known: Settled | Quote | undefined = seals.settled(leg) ?? quotes[index] ?? seals.quote(leg);
    if (!known) throw new Error(`a payer before ${ordinal} of ${settlement.row.id} has not been asked`);
    return { insurer: leg.insurer, place: leg.place, split: known.split };
  });
  return { ...bill, before, leftFen: before.at(-1)?.split.cashFen ?? bill.totalFen };
}
