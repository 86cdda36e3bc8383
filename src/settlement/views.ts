import type { Eligibility as WireEligibility } from '../../schemas/eligibility.ts';
import type { Exchange } from '../../schemas/exchange.ts';
import type * as Wire from '../../schemas/settlement.ts';
import { timestampOf } from '../clock.ts';
import { type ErrorCode, errorTable } from '../errors.ts';
import { type Fen, yuanOf } from '../money.ts';
import type { ExchangeSummary } from './exchange-queries.ts';
import { findingsOf } from './findings.ts';
import { maskAbout, type Settlement, type SettlementSeals } from './model.ts';
import type { Eligibility, Split } from './port.ts';
import type { HistoryRow, LegRow, SettlementRow } from './queries.ts';
import { actionsNow } from './service.ts';
import { referralView } from './visit-referral.ts';

/** A settlement as the API shows it. */
export function settlementView(
  settlement: Settlement,
  history: readonly HistoryRow[],
  seals: SettlementSeals,
): Wire.Settlement {
  const { row, legs } = settlement;
  const cause = causeView(row, seals);
  return {
    ...headView(row),
    ...(cause && { cause }),
    ...(row.referral_source === null ? {} : referralView(seals.bill(row).referral)),
    ...questionView(settlement),
    findings: findingsOf(settlement),
    legs: legs.map((leg) => legView(leg, seals)),
    history: history.map((entry) => historyView(entry, seals)),
  };
}

export function summaryView(row: SettlementRow, insurers: readonly string[]): Wire.SettlementSummary {
  return {
    ...headView(row),
    insurers: [...insurers],
    ...(row.cause_code === null ? {} : { cause: row.cause_code }),
  };
}

function questionView({ row, legs }: Settlement): Pick<Wire.Settlement, 'inQuestion'> {
  const leg = legs[row.leg - 1];
  if (!leg || (row.state !== 'in-doubt' && row.state !== 'needs-review')) return {};
  const { insurer, money_exchange: exchangeId } = leg;
  return { inQuestion: { insurer, ...(exchangeId === null ? {} : { exchangeId }) } };
}

function headView(row: SettlementRow) {
  return {
    id: row.id,
    state: row.state,
    ...(row.doubt_of === null ? {} : { doubtOf: row.doubt_of }),
    version: row.version,
    actions: actionsNow(row),
    billNumber: row.bill_number,
    total: yuanOf(row.total_fen),
    ...amountView('fund', row.fund_fen),
    ...amountView('account', row.account_fen),
    ...(row.paid_fen ? amountView('paid', row.paid_fen) : {}),
    ...amountView('cash', row.cash_fen),
    ...(row.state === 'in-doubt' && row.next_check_at !== null
      ? { nextCheckAt: timestampOf(row.next_check_at) }
      : {}),
    createdAt: timestampOf(row.created_at),
    updatedAt: timestampOf(row.updated_at),
  };
}

function amountView<K extends string>(key: K, fen: Fen | null): { [P in K]?: string } {
  return fen === null ? {} : ({ [key]: yuanOf(fen) } as { [P in K]: string });
}

function causeView(row: SettlementRow, seals: SettlementSeals): Wire.Cause | undefined {
  const kind = row.cause_code === null ? undefined : errorTable[row.cause_code as ErrorCode];
  if (!kind || row.cause_code === null) return undefined;
  const reason = seals.reason(row);
  return {
    code: row.cause_code,
    title: { zh: kind.zh[0], en: kind.en[0] },
    next: { zh: kind.zh[1], en: kind.en[1] },
    ...(reason === undefined ? {} : { reason: maskAbout(reason, seals.bill(row).identity.name) }),
  };
}

function legView(leg: LegRow, seals: SettlementSeals): Wire.Settlement['legs'][number] {
  const quote = seals.quote(leg);
  const settled = seals.settled(leg);
  return {
    insurer: leg.insurer,
    place: leg.place,
    state: leg.state,
    ...(quote && { quote: splitView(quote.split) }),
    ...(settled && { settled: splitView(settled.split) }),
    ...(leg.number === null ? {} : { number: leg.number }),
    ...(leg.settled_at === null ? {} : { settledAt: timestampOf(leg.settled_at) }),
    ...(leg.reversal_number === null ? {} : { reversalNumber: leg.reversal_number }),
    ...(leg.reversed_at === null ? {} : { reversedAt: timestampOf(leg.reversed_at) }),
  };
}

function splitView(split: Split): Wire.Split {
  return {
    total: yuanOf(split.totalFen),
    fund: yuanOf(split.fundFen),
    account: yuanOf(split.accountFen),
    ...(split.paidFen ? { paid: yuanOf(split.paidFen) } : {}),
    cash: yuanOf(split.cashFen),
    hospital: yuanOf(split.hospitalFen),
    funds: split.funds.map(({ fund, code, amountFen }) => ({ fund, code, amount: yuanOf(amountFen) })),
    fullOwn: yuanOf(split.fullOwnFen),
    overLimit: yuanOf(split.overLimitFen),
    firstOwn: yuanOf(split.firstOwnFen),
    inScope: yuanOf(split.inScopeFen),
    deductible: yuanOf(split.deductibleFen),
    ...(split.balanceFen === undefined ? {} : { balance: yuanOf(split.balanceFen) }),
  };
}

function historyView(entry: HistoryRow, seals: SettlementSeals): Wire.Settlement['history'][number] {
  return {
    seq: entry.seq,
    at: timestampOf(entry.at),
    ...(entry.from_state === null ? {} : { from: entry.from_state }),
    to: entry.to_state,
    event: entry.event,
    by: entry.by_client,
    ...(entry.cause_code === null ? {} : { code: entry.cause_code }),
    ...(entry.note === null ? {} : { note: seals.note(entry.settlement_id, entry.note) }),
  };
}

/** An exchange as the API shows it: without its bodies, the insurer's words masked. */
export function exchangeView(row: ExchangeSummary, seals: SettlementSeals, name: string): Exchange {
  const reason = seals.exchangeReason(row);
  return {
    id: row.id,
    insurer: row.insurer,
    transaction: row.transaction,
    ownId: row.own_id,
    purpose: row.purpose,
    effect: row.effect,
    outcome: row.outcome,
    ...(reason === undefined ? {} : { reason: maskAbout(reason, name) }),
    ...(row.status === null ? {} : { status: row.status }),
    sentAt: timestampOf(row.sent_at),
    ...(row.answered_at === null ? {} : { answeredAt: timestampOf(row.answered_at) }),
    ...(row.duration_ms === null ? {} : { durationMs: row.duration_ms }),
  };
}

export function eligibilityView(insurer: string, value: Eligibility, exchangeId: string): WireEligibility {
  return {
    insurer,
    personNumber: value.personNumber,
    name: value.name,
    insurances: value.insurances.map(({ balanceFen, ...rest }) => ({ ...rest, balance: yuanOf(balanceFen) })),
    classes: value.classes.map(({ code, from, to }) => ({
      code,
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
    })),
    exchangeId,
  };
}
