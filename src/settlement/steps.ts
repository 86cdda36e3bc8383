import type { Caller } from '../access/caller.ts';
import type { ExchangeOutcome, Traced } from './journal.ts';
import type { Step } from './ledger.ts';
import { type Cause, onlyLeg, type Settlement, type SettlementSeals } from './model.ts';
import type { Quote, Reversed, Settled, Split } from './port.ts';
import type { LegRow, SettlementRow } from './queries.ts';
import type { Conclusion, Ending } from './verdicts.ts';

/** A gateway's hold on a settlement while it works at a step. */
export interface Lease {
  readonly next_check_at: number;
  readonly runner: string;
}

/** Asks for a quote, for the first time or anew: what the insurer said before counts no more. */
export function quoteStep(current: Settlement, caller: Caller, lease: Lease, act?: string): Step {
  return {
    event: 'quote',
    caller,
    ...(act === undefined ? {} : { act }),
    change: { ...lease, attempt: current.row.attempt + 1, fund_fen: null, account_fen: null, cash_fen: null },
    leg: { quote: null },
  };
}

/** Asks for money to move: a person with `askedAt`, or the gateway once more for a person who is still waiting. */
export function moneyStep(
  event: 'confirm' | 'reverse',
  caller: Caller,
  lease: Lease,
  person?: { readonly askedAt: number; readonly act: string },
): Step {
  return {
    event,
    caller,
    ...(person && { act: person.act }),
    change: { ...lease, ...(person && { asked_at: person.askedAt, tries: 0 }), undecided: 0 },
    leg: { money_exchange: null },
  };
}

/** The end of a quote. */
export function quotedStep(
  conclusion: Conclusion,
  ending: Ending<Quote>,
  settlement: Settlement,
  seals: SettlementSeals,
  caller: Caller,
): Step {
  if (conclusion.event !== 'quote-accepted' || ending.kind !== 'accepted') return { ...conclusion, caller };
  const quote = ending.value;
  return {
    ...conclusion,
    caller,
    change: amountsOf(quote.split),
    leg: { quote: seals.sealQuote(settlement.row.id, quote) },
  };
}

/** The end of a settling, whose amounts are kept whenever the insurer says that it settled. */
export function settledStep(
  conclusion: Conclusion,
  ending: Ending<Settled>,
  money: Traced | undefined,
  settlement: Settlement,
  seals: SettlementSeals,
  caller: Caller,
): Step {
  if (!conclusion.event.startsWith('accepted') || ending.kind !== 'accepted')
    return { ...conclusion, caller };
  const settled = ending.value;
  return {
    ...conclusion,
    caller,
    change: amountsOf(settled.split),
    leg: settledLeg(settled, seals.sealSettled(settlement.row.id, settled), money?.ownId ?? null),
  };
}

/** The end of a reversal. */
export function reversedStep(conclusion: Conclusion, ending: Ending<Reversed>, caller: Caller): Step {
  if (!conclusion.event.startsWith('accepted') || ending.kind !== 'accepted')
    return { ...conclusion, caller };
  return {
    ...conclusion,
    caller,
    leg: { reversal_number: ending.value.number, reversed_at: ending.value.reversedAt },
  };
}

/** The columns a settled leg gets. */
export function settledLeg(settled: Settled, sealed: Buffer, ownId: string | null): Partial<LegRow> {
  return { settled: sealed, number: settled.number, settled_at: settled.settledAt, own_id: ownId };
}

function amountsOf(split: Split): Partial<SettlementRow> {
  return { fund_fen: split.fundFen, account_fen: split.accountFen, cash_fen: split.cashFen };
}

/** What follows for a step that its gateway never finished, from what the journal knows of it. */
export function interruptedConclusion(
  settlement: Settlement,
  money: { readonly outcome: ExchangeOutcome; readonly reason?: string } | undefined,
): Conclusion {
  const interrupted: Cause = { code: 'settlement.interrupted' };
  if (settlement.row.state === 'draft') return { event: 'quote-interrupted', cause: interrupted };
  // Without a row in the journal nothing was sent.
  if (onlyLeg(settlement).money_exchange === null || !money) return { event: 'not-sent', cause: interrupted };
  const reason = money.reason === undefined ? {} : { reason: money.reason };
  switch (money.outcome) {
    case 'refused':
      return { event: 'refused', cause: { code: 'insurer.refused', ...reason } };
    case 'not-run':
      return { event: 'not-sent', cause: { code: 'insurer.gateway-refused', ...reason } };
    case 'not-sent':
      return { event: 'not-sent', cause: { code: 'insurer.unreachable', ...reason } };
    // An acceptance comes here only where its content can't be read: undoing it is certain, guessing at it is not.
    case 'accepted':
    case 'pending':
    case 'unknown':
      return { event: 'lost', cause: { code: 'insurer.no-answer', ...reason } };
  }
}
