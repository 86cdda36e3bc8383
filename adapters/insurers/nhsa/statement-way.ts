import { type Clock, chinaDate } from '../../../src/clock.ts';
import { yuanOf } from '../../../src/money.ts';
import type {
  Doubt,
  Exchange,
  ExchangeRef,
  LostExchange,
  Outcome,
  Period,
  Proof,
  WayOut,
} from '../../../src/settlement/port.ts';
import { Ended, flow } from './flow.ts';
import { CLEARING, groupOf, kindOf, mayHold } from './statement-groups.ts';
import type { Statements } from './statements.ts';

/** What 3202 lists, and so can decide. */
const DECIDES: readonly string[] = ['2102', '2103', '2207', '2208', '2304', '2305'];

/** How far the platform's clock may be from ours: a settlement belongs to the day of the platform's. */
const SKEW_MS = 10 * 60_000;
const HOUR_MS = 3_600_000;

const NO_SUMS = { count: 0, totalFen: 0, fundFen: 0, accountFen: 0, cashFen: 0 };

export interface StatementWayParts {
  readonly statements: Statements;
  readonly clock: Clock;
  readonly mdtrtareaAdmvs: string;
  /** The groups that the institution is cleared in; where they are not known, absence proves nothing. */
  readonly groups: readonly string[];
}

interface Asked {
  readonly rows: number;
  readonly amount?: string;
  readonly at: ExchangeRef;
}

/**
 * The way out that takes a day's details (3202) for it. An empty file goes up, so that everything the platform has of
 * that day comes back, under the msgid that we gave it.
 *
 * - There: 2601 was tried before, and did not undo it. A person decides, with what the platform says of it.
 * - Not there, the day over, and every list that it could stand in read to its end: it has no effect, and never will.
 *   An empty list is only believed where 3201 confirms that there is nothing.
 */
export function statementWay(parts: StatementWayParts): WayOut {
  return {
    way: 'statement',
    decides: DECIDES,
    take: (_bill, doubt, exchange) => take(parts, doubt, exchange),
  };
}

function take(parts: StatementWayParts, doubt: Doubt, exchange: Exchange): Promise<Outcome<Proof>> {
  const { lost } = doubt;
  const refund = doubt.of === 'reverse';
  const period = { from: chinaDate(lost.sentAt - SKEW_MS), to: chinaDate(lost.deadlineAt + SKEW_MS) };
  return flow(async () => {
    const lists = listsOf(parts, lost);
    let asked: Asked | undefined;
    let rows = 0;
    for (const group of lists) {
      asked = await ask(parts, { group, refund }, period, lost, exchange);
      rows += asked.rows;
      if (asked.amount === undefined) continue;
      const reason = `医保明细中有这笔,金额 ${asked.amount} / the insurer lists it, with ${asked.amount}`;
      return { value: { is: 'open', reason }, at: asked.at };
    }
    if (!asked) throw new Error('no list was asked for');
    if (parts.groups.length === 0) {
      const reason =
        '未配置清算分组,明细中没有不能作为证明 / without its groups configured, absence proves nothing';
      return { value: { is: 'open', reason }, at: asked.at };
    }
    const until = Date.parse(`${period.to}T00:00:00+08:00`) + 25 * HOUR_MS;
    if (parts.clock.now() < until) {
      const reason = '当日明细尚未完整 / the list of the day is not complete yet';
      return { value: { is: 'open', reason, until }, at: asked.at };
    }
    if (rows > 0) return { value: { is: 'undone' }, at: asked.at };
    return emptyDay(parts, { lists, refund }, period, lost, exchange);
  });
}

/** Nothing is listed at all: 3201 must say so, too, for every list. */
async function emptyDay(
  { statements }: StatementWayParts,
  { lists, refund }: { lists: readonly string[]; refund: boolean },
  period: Period,
  lost: LostExchange,
  exchange: Exchange,
): Promise<{ value: Proof; at: ExchangeRef }> {
  const insutype = lost.handle?.insutype ?? '';
  let at: ExchangeRef = { exchangeId: '', transaction: '3201', ownId: '' };
  for (const list of lists) {
    const group = `${insutype}${list}`;
    const said =
      insutype === '' ? undefined : await statements.totals({ group, refund }, period, NO_SUMS, exchange);
    if (said && said.kind !== 'accepted') throw new Ended(said);
    at = said?.at ?? at;
    if (!said?.value.balanced) {
      const reason = '明细为空,总账未确认 / the list is empty, and the totals do not confirm it';
      return { value: { is: 'open', reason }, at };
    }
  }
  return { value: { is: 'undone' }, at };
}

/** Every list that it could stand in. */
function listsOf({ statements, groups, mdtrtareaAdmvs }: StatementWayParts, lost: LostExchange): string[] {
  const clearing = CLEARING[kindOf(lost.transaction)];
  const offices = new Set([mdtrtareaAdmvs, lost.handle?.insuplc_admdvs ?? '']);
  offices.delete('');
  const configured = groups.filter((group) => mayHold(groupOf(group).clr_type, lost.transaction));
  const likely = configured.length > 0 ? [...offices].slice(1) : [...offices];
  return [
    ...new Set([
      ...configured.map((group) => statements.detailGroupOf(group)),
      ...likely.map((office) => `|${clearing}|${office}`),
    ]),
  ];
}

async function ask(
  { statements }: StatementWayParts,
  section: { group: string; refund: boolean },
  period: Period,
  lost: LostExchange,
  exchange: Exchange,
): Promise<Asked> {
  let rows = 0;
  let amount: string | undefined;
  const outcome = await statements.list(section, period, [], exchange, (row) => {
    rows += 1;
    if (row.ownId === lost.ownId) amount = yuanOf(row.totalFen);
  });
  if (outcome.kind !== 'accepted') throw new Ended(outcome);
  return { rows, at: outcome.at, ...(amount === undefined ? {} : { amount }) };
}
