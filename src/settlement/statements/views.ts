import type * as Wire from '../../../schemas/statement.ts';
import type { StatementAction } from '../../../schemas/statement-words.ts';
import { maskText } from '../../access/masking.ts';
import { timestampOf } from '../../clock.ts';
import { type ErrorCode, errorTable } from '../../errors.ts';
import { yuanOf } from '../../money.ts';
import type { OurRow, TheirRow } from '../port.ts';
import { ACTS, CLASSES } from './acts.ts';
import type { ReadStatement } from './archive.ts';
import type { DifferenceRow } from './difference-queries.ts';
import { nextDifference } from './machine.ts';
import type { StatementSeals } from './model.ts';
import type { StatementRow, TotalsRow } from './queries.ts';
import { mayClose, needsConfirmation } from './rules.ts';

/** A statement as the API shows it: no person's number, and the insurer's words masked. */
export function statementView(
  { row, totals, differences, undecided, month }: ReadStatement,
  seals: StatementSeals,
  now: number,
): Wire.Statement {
  return {
    ...summaryView(row, seals, now),
    totals: totals.map((each) => totalsView(each, seals)),
    differences: differences.map((each) => differenceView(each, row, seals, now)),
    undecided: undecided.map((each) => ({
      settlementId: each.id,
      state: each.state,
      ...(each.doubt_of === null ? {} : { doubtOf: each.doubt_of }),
      billNumber: each.bill_number,
      transaction: each.transaction,
      ownId: each.own_id,
      total: yuanOf(each.total_fen),
      sentAt: timestampOf(each.sent_at),
    })),
    ...(month && {
      days: month.days.map(({ day, row: made }) => ({
        day,
        ...(made ? { state: stateNow(made, now), statementId: made.id } : {}),
      })),
      open: month.open.map(({ period, statement_id, n, class: kind, state }) => ({
        ...{ day: period, statementId: statement_id, n, class: kind, state },
      })),
    }),
  };
}

export function summaryView(row: StatementRow, seals: StatementSeals, now: number): Wire.StatementSummary {
  const state = stateNow(row, now);
  const cause = state === 'incomplete' ? causeView(row, seals) : undefined;
  return {
    ...{ id: row.id, insurer: row.insurer, period: row.period, state, run: row.run },
    actions: actionsOf(row, now),
    ...(state === 'running' ? { progress: { done: row.steps_done, of: row.steps } } : {}),
    provisional: row.began_at < row.to_at,
    ...(cause && { cause }),
    beganAt: timestampOf(row.began_at),
    ...(row.finished_at === null ? {} : { finishedAt: timestampOf(row.finished_at) }),
    ...(row.closed_at === null ? {} : { closedAt: timestampOf(row.closed_at) }),
    ...(row.closed_by === null ? {} : { closedBy: row.closed_by }),
  };
}

/** A run whose lease is over has died with its gateway. */
export function stateNow({ state, lease_until }: StatementRow, now: number): Wire.StatementSummary['state'] {
  return state === 'running' && (lease_until ?? 0) <= now ? 'incomplete' : state;
}

/** What may be done about it now. What was made of a month that is over, and whole, may be closed; then it is over. */
function actionsOf(row: StatementRow, now: number): StatementAction[] {
  const state = stateNow(row, now);
  if (state === 'running') return ['cancel'];
  if (row.closed_at !== null) return [];
  return mayClose(row, now) && state !== 'incomplete' ? ['run', 'close'] : ['run'];
}

/** A try whose lease is over has died with its gateway. */
function differenceNow({ state, lease_until }: DifferenceRow, now: number) {
  return state === 'mending' && (lease_until ?? 0) <= now ? 'failed' : state;
}

function causeView(row: StatementRow, seals: StatementSeals) {
  const code = (row.cause_code ?? 'statement.interrupted') as ErrorCode;
  const { zh, en } = errorTable[code];
  const reason = seals.words(row.id, row.cause_reason);
  return {
    ...{ code, title: { zh: zh[0], en: en[0] }, next: { zh: zh[1], en: en[1] } },
    ...(reason === undefined ? {} : { reason: maskText(reason) }),
  };
}

function totalsView(row: TotalsRow, seals: StatementSeals): Wire.Statement['totals'][number] {
  const words = seals.words(row.statement_id, row.words);
  return {
    group: row.group_key,
    refund: row.refund === 1,
    ours: {
      count: row.count,
      ...{ total: yuanOf(row.total_fen), fund: yuanOf(row.fund_fen) },
      ...{ account: yuanOf(row.account_fen), cash: yuanOf(row.cash_fen) },
    },
    ...(row.their_count === null
      ? {}
      : {
          theirs: {
            count: row.their_count,
            ...{ total: yuanOf(row.their_total_fen ?? 0), fund: yuanOf(row.their_fund_fen ?? 0) },
          },
        }),
    ...(row.balanced === null ? {} : { balanced: row.balanced === 1 }),
    ...(words ? { words: maskText(words) } : {}),
    ...(row.late_count === 0 ? {} : { late: { count: row.late_count, total: yuanOf(row.late_total_fen) } }),
  };
}

function differenceView(
  row: DifferenceRow,
  statement: StatementRow,
  seals: StatementSeals,
  now: number,
): Wire.Difference {
  const { ours, theirs } = seals.content(row);
  const reason = seals.words(row.statement_id, row.reason);
  return {
    ...{ n: row.n, class: row.class, title: CLASSES[row.class], state: row.state, act: row.act },
    mends: ACTS[row.act],
    needsConfirmation: needsConfirmation(row.act),
    mendable: nextDifference(differenceNow(row, now), 'mend') !== undefined,
    refund: row.sign === -1,
    ...(row.settlement_id === null ? {} : { settlementId: row.settlement_id }),
    ...(ours && { ours: sideView(ours) }),
    ...(theirs && { theirs: sideView(theirs) }),
    ...(reason === undefined ? {} : { reason: maskText(reason) }),
    ...(row.exchange_id === null ? {} : { exchangeId: row.exchange_id }),
    ...(row.client === null ? {} : { by: row.client }),
    // Its last run began after it was mended.
    ...(row.state === 'mended' && row.run === statement.run && row.updated_at < statement.began_at
      ? { foundAgain: true }
      : {}),
    updatedAt: timestampOf(row.updated_at),
  };
}

function sideView(row: OurRow | TheirRow): NonNullable<Wire.Difference['ours']> {
  const { number, ownId, totalFen, fundFen, accountFen, at } = row;
  const billNumber = 'billNumber' in row ? row.billNumber : undefined;
  const memo = 'memo' in row ? row.memo : undefined;
  return {
    ...(number ? { number } : {}),
    ...(ownId ? { ownId } : {}),
    ...(billNumber === undefined ? {} : { billNumber }),
    ...{ total: yuanOf(totalFen), fund: yuanOf(fundFen), account: yuanOf(accountFen) },
    ...(at === undefined ? {} : { at: timestampOf(at) }),
    ...(memo === undefined ? {} : { memo: maskText(memo) }),
  };
}
