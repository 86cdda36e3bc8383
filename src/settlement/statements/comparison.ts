import type { Caller } from '../../access/caller.ts';
import { chinaDate } from '../../clock.ts';
import { Fault } from '../../errors.ts';
import type { Store } from '../../store/port.ts';
import type { Journal } from '../journal.ts';
import type { Cause } from '../model.ts';
import {
  type Exchange,
  type Insurer,
  LIST_ROWS_MAX,
  type Outcome,
  type StatementFlows,
  type TheirRow,
} from '../port.ts';
import { causeOf, type Ending } from '../verdicts.ts';
import { reversedSums, settledSums } from './leg-queries.ts';
import type { Difference } from './model.ts';
import type { OurRows } from './our-rows.ts';
import { daysOf, isMonth, type Span, spanOf } from './periods.ts';
import { groupsSince, type StatementRow } from './queries.ts';
import { classOfOurs, classOfTheirs, ListComparison, withoutPairs } from './rules.ts';
import { detailSections, minus, nameOf, sectionOf, sumOf, sumsOf, type Totals, totalsOf } from './totals.ts';

/** Exchanges of a run that are over, and those that there will be, as far as that is known by now. */
export interface Progress {
  readonly done: number;
  readonly of: number;
}

/** What one run found. */
export interface Findings {
  readonly totals: readonly Totals[];
  /** Why not all of it was compared. */
  readonly failure?: Cause;
}

export interface ComparisonParts {
  readonly store: Store;
  readonly journal: Journal;
  readonly rows: OurRows;
}

/** Groups of earlier statements are asked about for this long. */
const GROUPS_KEPT_MS = 400 * 24 * 3_600_000;

/** Thrown where an exchange did not come to anything. */
class Unanswered extends Error {
  readonly why: Cause;
  constructor(why: Cause) {
    super('unanswered');
    this.why = why;
  }
}

/**
 * Compares our ledger of a period with an insurer's. A day: sums by group (3201), then row by row wherever we have rows
 * or the sums differ (3202), or the insurer's whole list; a month: sums by group.
 */
export class Comparison {
  readonly #parts: ComparisonParts;

  constructor(parts: ComparisonParts) {
    this.#parts = parts;
  }

  /**
   * `hold` is told before each exchange how far the run has come, and says how long it still has; it throws where the
   * run is over: another has begun, or somebody cancelled it. `found` takes each difference as it is found.
   */
  async run(
    statement: StatementRow,
    insurer: Insurer,
    caller: Caller,
    hold: (progress: Progress) => Promise<number>,
    found: (difference: Difference) => Promise<void>,
  ): Promise<Findings> {
    const flows = insurer.statements;
    if (!flows) throw new Fault('statement.unsupported');
    const totals = new Map<string, Totals>();
    for (const each of await this.#ourTotals(statement, flows)) totals.set(nameOf(sectionOf(each)), each);
    const isListed = flows.daily !== undefined && !isMonth(statement.period);
    let done = 0;
    const ask: Ask = async (left, work) => {
      const until = await hold({ done, of: done + left });
      const answer = await this.#ask(statement.insurer, caller, until, work);
      done += 1;
      return answer;
    };
    try {
      if (isListed) {
        await this.#list(statement, flows, totals, ask, found);
      } else {
        await this.#totals(statement, flows, totals, ask);
        if (!isMonth(statement.period)) await this.#details(statement, flows, totals, ask, found);
      }
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error;
      return { totals: [...totals.values()], failure: error.why };
    }
    const ungrouped = [...totals.values()].some(({ group_key, balanced, count }) => {
      return group_key === '' && balanced === null && count > 0;
    });
    return {
      totals: [...totals.values()],
      ...(ungrouped ? { failure: { code: 'statement.no-group' } } : {}),
    };
  }

  async #ask<T>(
    insurer: string,
    caller: Caller,
    leaseUntil: number,
    work: (exchange: Exchange) => Promise<Outcome<T>>,
  ): Promise<T> {
    const context = { ...caller, insurer, purpose: 'statement', leaseUntil } as const;
    const { exchange, trace } = this.#parts.journal.open(context);
    const ending: Ending<T> = await work(exchange).catch((error: unknown) => {
      if (!(error instanceof Fault)) throw error;
      return { kind: 'thrown', error } as const;
    });
    if (ending.kind === 'accepted') return ending.value;
    throw new Unanswered(causeOf(ending, trace.last));
  }

  /** Every section there may be something in: ours, those of earlier statements, and those that are configured. */
  async #ourTotals({ insurer, from_at: from, to_at: to }: StatementRow, flows: StatementFlows) {
    const { store } = this.#parts;
    const month = spanOf(chinaDate(from).slice(0, 7))?.from ?? from;
    const settled = await store.all(settledSums, { insurer, from, to });
    const reversed = await store.all(reversedSums, { insurer, from, to, month });
    const since = chinaDate(from - GROUPS_KEPT_MS);
    const earlier = await store.all(groupsSince, { insurer, from: since });
    const groups = new Set([
      ...flows.groups,
      ...[...earlier, ...settled, ...reversed].map(({ group_key }) => group_key),
    ]);
    return [...groups].sort().flatMap((group) => {
      const negative = reversed.find(({ group_key }) => group_key === group);
      return [
        totalsOf(
          group,
          false,
          settled.find(({ group_key }) => group_key === group),
        ),
        {
          ...totalsOf(group, true, negative),
          late_count: negative?.late_count ?? 0,
          late_total_fen: minus(negative?.late_total_fen ?? 0),
        },
      ];
    });
  }

  async #totals(
    { period }: StatementRow,
    flows: StatementFlows,
    totals: Map<string, Totals>,
    ask: Ask,
  ): Promise<void> {
    // Rows of no group are rows that the insurer gave none: nobody can be asked about them by group.
    const asked = [...totals].filter(([, { group_key }]) => flows.totals && group_key !== '');
    for (const [index, [name, ours]] of asked.entries()) {
      const section = sectionOf(ours);
      const details = isMonth(period) ? 0 : detailSections(totals, flows).length;
      const left = asked.length - index + details;
      const said = await ask(left, (exchange) =>
        flows.totals!(section, daysOf(period), sumsOf(ours), exchange),
      );
      totals.set(name, { ...ours, balanced: said.balanced ? 1 : 0, words: said.words });
    }
  }

  async #details(
    statement: StatementRow,
    flows: StatementFlows,
    totals: Map<string, Totals>,
    ask: Ask,
    found: (difference: Difference) => Promise<void>,
  ): Promise<void> {
    if (!flows.details) return;
    const groupOf = (group: string) => flows.detailGroupOf?.(group) ?? group;
    const sections = detailSections(totals, flows);
    const span: Span = { from: statement.from_at, to: statement.to_at };
    const { rows } = this.#parts;
    for (const [index, section] of sections.entries()) {
      const isOf = (group: string) => groupOf(group) === section.group;
      const details = await ask(sections.length - index, (exchange) =>
        flows.details!(
          section,
          daysOf(statement.period),
          rows.of(statement.insurer, span, section.refund, isOf),
          exchange,
        ),
      );
      const { theirs, ours } = withoutPairs(details);
      for (const row of theirs) await found({ class: classOfTheirs(row), sign: row.sign, theirs: row });
      for (const told of ours) await found(await this.#ours(statement, told));
      if (details.cut) throw new Unanswered({ code: 'statement.too-many' });
    }
  }

  /** A row that the insurer says it has not, or not so. What we don't know either is the insurer's alone. */
  async #ours({ insurer }: StatementRow, told: TheirRow): Promise<Difference> {
    const { sign, number = '' } = told;
    const ours = await this.#parts.rows.byNumber(insurer, number, sign);
    if (!ours) return { class: classOfTheirs(told), sign, theirs: told };
    return { class: classOfOurs(ours, told), sign, ours, theirs: told };
  }

  async #list(
    statement: StatementRow,
    flows: StatementFlows,
    totals: Map<string, Totals>,
    ask: Ask,
    found: (difference: Difference) => Promise<void>,
  ): Promise<void> {
    const list = await ask(1, (exchange) => flows.daily!(daysOf(statement.period), exchange));
    if (list.length > LIST_ROWS_MAX) throw new Unanswered({ code: 'statement.too-many' });
    const comparison = new ListComparison(list);
    const span: Span = { from: statement.from_at, to: statement.to_at };
    for (const refund of [false, true]) {
      for await (const ours of this.#parts.rows.of(statement.insurer, span, refund)) {
        const difference = comparison.take(ours);
        if (difference) await found(difference);
      }
    }
    for (const difference of comparison.rest()) await found(difference);
    // A list has no groups: what it comes to stands beside the sum of ours.
    const all = [...totals.values()];
    totals.clear();
    for (const refund of [false, true]) {
      const theirs = list.filter(({ sign }) => (sign === -1) === refund);
      const ours = all.filter((each) => (each.refund === 1) === refund);
      const sum = sumOf(ours, refund);
      const their = {
        their_count: theirs.length,
        their_total_fen: theirs.reduce((total, row) => total + row.totalFen, 0),
        their_fund_fen: theirs.reduce((total, row) => total + row.fundFen, 0),
      };
      const balanced =
        sum.count === their.their_count &&
        sum.total_fen === their.their_total_fen &&
        sum.fund_fen === their.their_fund_fen;
      totals.set(nameOf(sectionOf(sum)), { ...sum, ...their, balanced: balanced ? 1 : 0 });
    }
  }
}

/** Asks the insurer, and says how many exchanges are left with this one. */
type Ask = <T>(left: number, work: (exchange: Exchange) => Promise<Outcome<T>>) => Promise<T>;
