import type { Caller } from '../access/caller.ts';
import type { ExchangeRow } from './exchange-queries.ts';
import type { Traced } from './journal.ts';
import type { Step } from './ledger.ts';
import { billFor, currentLeg } from './legs.ts';
import type { Settlement, SettlementSeals } from './model.ts';
import type { Insurer } from './port.ts';
import { reversedStep, settledStep } from './steps.ts';
import { ofReverse, ofSettle } from './verdicts.ts';

/**
 * The end of a step whose gateway died between storing the insurer's acceptance and acting on it. Nothing where the
 * stored answer does not do: it then counts as lost, and is undone.
 */
export function answeredStep(
  settlement: Settlement,
  exchange: ExchangeRow,
  insurer: Insurer,
  seals: SettlementSeals,
  caller: Caller,
): Step | undefined {
  const body = seals.exchangeAnswer(exchange);
  if (exchange.outcome !== 'accepted' || !body) return undefined;
  const money: Traced = {
    exchangeId: exchange.id,
    transaction: exchange.transaction,
    ownId: exchange.own_id,
    outcome: exchange.outcome,
    deadlineAt: exchange.deadline_at,
  };
  const answered = { ...money, answer: { status: exchange.status ?? 0, body } };
  const leg = currentLeg(settlement);
  const bill = billFor(settlement, leg.ordinal, seals);
  const [quote, settled] = [seals.quote(leg), seals.settled(leg)];
  if (settlement.row.state === 'settling' && quote) {
    const value = insurer.settledBy?.(bill, quote, answered);
    if (!value) return undefined;
    const ending = { kind: 'accepted', value, at: money } as const;
    return settledStep(
      ofSettle(ending, { money }, bill, quote),
      ending,
      money.ownId,
      settlement,
      seals,
      caller,
    );
  }
  if (settlement.row.state === 'reversing' && settled) {
    const value = insurer.reversedBy?.(bill, settled, answered);
    if (!value) return undefined;
    const ending = { kind: 'accepted', value, at: money } as const;
    return reversedStep(ofReverse(ending, { money }), ending, settlement, seals, caller);
  }
  return undefined;
}
