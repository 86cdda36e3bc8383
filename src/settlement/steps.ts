import type { Caller } from '../access/caller.ts';
import type { ExchangeOutcome } from './journal.ts';
import type { Step } from './ledger.ts';
import { currentLeg, hasBefore, hasNext, isMidway } from './legs.ts';
import type { Cause, Settlement, SettlementSeals } from './model.ts';
import type { Quote, Reversed, Settled, Split } from './port.ts';
import type { LegRow, SettlementRow } from './queries.ts';
import type { Conclusion, Ending } from './verdicts.ts';

/** A gateway's hold on a settlement while it works at a step. */
export interface Lease {
  readonly next_check_at: number;
  readonly runner: string;
}

const NO_AMOUNTS = {
  ...{ total_fen: null, fund_fen: null, account_fen: null, paid_fen: null, cash_fen: null },
  funds: null,
};

/** Asks for a quote, for the first time or anew: what the insurer said before counts no more. */
export function quoteStep(current: Settlement, caller: Caller, lease: Lease, act?: string): Step {
  return {
    event: 'quote',
    caller,
    ...(act === undefined ? {} : { act }),
    change: { ...lease, attempt: current.row.attempt + 1 },
    leg: { quote: null, ...NO_AMOUNTS },
  };
}

/** Asks for money to move: a person with `askedAt`, or the gateway once more for a person who is still waiting. */
export function moneyStep(
  event: 'confirm' | 'reverse' | 'again',
  caller: Caller,
  lease: Lease,
  person?: { readonly askedAt: number; readonly act: string },
): Step {
  return {
    event,
    caller,
    ...(person && { act: person.act }),
    change: { ...lease, ...(person && { asked_at: person.askedAt, tries: 0 }), undecided: 0, way: 0 },
    leg: { money_exchange: null },
  };
}

/** The end of a quote, with what each payer said. */
export function quotedStep(
  conclusion: Conclusion,
  quotes: readonly Quote[],
  settlement: Settlement,
  seals: SettlementSeals,
  caller: Caller,
): Step {
  if (conclusion.event !== 'quote-accepted') return { ...conclusion, caller };
  const legs = quotes.map((quote, index) => ({
    quote: seals.sealQuote(settlement.row.id, index + 1, quote),
    ...amountsOf(quote.split),
  }));
  return { ...conclusion, caller, legs };
}

/**
 * The end of one payer's settling, and what it is to the bill: the next payer is asked, or those before are undone.
 * Its amounts are kept whenever the payer says that it settled.
 */
export function settledStep(
  conclusion: Conclusion,
  ending: Ending<Settled>,
  ownId: string | null,
  settlement: Settlement,
  seals: SettlementSeals,
  caller: Caller,
): Step {
  if (conclusion.event.startsWith('accepted') && ending.kind === 'accepted') {
    const leg = settledLeg(ending.value, settlement, seals, ownId);
    const event = conclusion.event === 'accepted' && hasNext(settlement) ? 'next-payer' : conclusion.event;
    return { ...conclusion, event, caller, leg };
  }
  const failed = conclusion.event === 'refused' || conclusion.event === 'not-sent';
  return failed && hasBefore(settlement)
    ? failedPayerStep(conclusion.cause, settlement, seals, caller)
    : { ...conclusion, caller };
}

/** A payer failed after others had settled: they are undone, and why is kept until they are. */
export function failedPayerStep(
  cause: Cause | undefined,
  { row }: Settlement,
  seals: SettlementSeals,
  caller: Caller,
): Step {
  return {
    event: 'payer-failed',
    caller,
    ...(cause && { cause }),
    change: {
      failure_code: cause?.code ?? null,
      failure_reason: cause?.reason === undefined ? null : seals.sealReason(row.id, cause.reason),
      tries: 0,
      undecided: 0,
      way: 0,
    },
  };
}

/** The end of one payer's reversal, and what it is to the bill: the one before is undone, or all are. */
export function reversedStep(
  conclusion: Conclusion,
  ending: Ending<Reversed>,
  settlement: Settlement,
  seals: SettlementSeals,
  caller: Caller,
): Step {
  const { row } = settlement;
  if (conclusion.event.startsWith('accepted') && ending.kind === 'accepted') {
    const { number, reversedAt } = ending.value;
    const leg = { reversal_number: number, reversed_at: reversedAt };
    if (conclusion.event !== 'accepted') return { ...conclusion, caller, leg };
    if (hasBefore(settlement)) return { event: 'next-payer', caller, leg, change: { way: 0, undecided: 0 } };
    if (row.goal !== 'unwind') return { ...conclusion, caller, leg };
    return { event: 'unwound', caller, leg, cause: failureOf(row, seals) };
  }
  if (!isMidway(settlement)) return { ...conclusion, caller };
  const words = conclusion.cause?.reason === undefined ? {} : { reason: conclusion.cause.reason };
  if (conclusion.event === 'refused') {
    return { event: 'undo-refused', caller, cause: { code: 'settlement.payer-stands', ...words } };
  }
  return { ...conclusion, event: conclusion.event === 'not-sent' ? 'later' : conclusion.event, caller };
}

/** Why a payer failed, as it is told when nothing stands any more. */
function failureOf(row: SettlementRow, seals: SettlementSeals): Cause {
  const reason = row.failure_reason === null ? undefined : seals.openReason(row.id, row.failure_reason);
  const words = [row.failure_code ?? '', reason ?? ''].filter((word) => word !== '').join(': ');
  return { code: 'settlement.payer-failed', ...(words === '' ? {} : { reason: words }) };
}

/** The columns a settled leg gets. */
export function settledLeg(
  settled: Settled,
  settlement: Settlement,
  seals: SettlementSeals,
  ownId: string | null,
): Partial<LegRow> {
  return {
    settled: seals.sealSettled(settlement.row.id, currentLeg(settlement).ordinal, settled),
    number: settled.number,
    settled_at: settled.settledAt,
    own_id: ownId,
    statement_group: settled.statementGroup ?? null,
    ...amountsOf(settled.split),
  };
}

function amountsOf(split: Split): Pick<LegRow, keyof typeof NO_AMOUNTS> {
  return {
    total_fen: split.totalFen,
    fund_fen: split.fundFen,
    account_fen: split.accountFen,
    paid_fen: split.paidFen ?? 0,
    cash_fen: split.cashFen,
    funds: fundsOf(split),
  };
}

/** For measures, which add up what each fund pays. */
function fundsOf({ funds }: Split): string {
  const sums: Partial<Record<(typeof funds)[number]['fund'], number>> = {};
  for (const { fund, amountFen } of funds) sums[fund] = (sums[fund] ?? 0) + amountFen;
  return JSON.stringify(sums);
}

/** What follows for a step that its gateway never finished, from what the journal knows of it. */
export function interruptedConclusion(
  settlement: Settlement,
  money: { readonly outcome: ExchangeOutcome; readonly reason?: string } | undefined,
): Conclusion {
  const interrupted: Cause = { code: 'settlement.interrupted' };
  if (settlement.row.state === 'draft') return { event: 'quote-interrupted', cause: interrupted };
  // Without a row in the journal nothing was sent.
  if (currentLeg(settlement).money_exchange === null || !money)
    return { event: 'not-sent', cause: interrupted };
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
