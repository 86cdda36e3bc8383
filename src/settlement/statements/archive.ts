import type { AuditTrail } from '../../access/audit.ts';
import type { Caller } from '../../access/caller.ts';
import { Fault } from '../../errors.ts';
import type { Store } from '../../store/port.ts';
import { type DifferenceRow, differencesOf, unmendedBetween } from './difference-queries.ts';
import { undecidedLegs } from './leg-queries.ts';
import { eachDayOf, isMonth } from './periods.ts';
import { type StatementRow, statementById, statementsBetween, type TotalsRow, totalsOf } from './queries.ts';

/** What one answer shows; a statement with more is cut, and says so when it is made. */
const SHOWN_MAX = 2_000;
const UNDECIDED_SHOWN_MAX = 200;
/** Statements of one list: a year of days, and its months. */
const LISTED_MAX = 400;

export interface ReadStatement {
  readonly row: StatementRow;
  readonly totals: readonly TotalsRow[];
  readonly differences: readonly DifferenceRow[];
  readonly undecided: readonly Undecided[];
  /** Of a month. */
  readonly month?: { readonly days: readonly DayOf[]; readonly open: readonly Open[] };
}

type Undecided = NonNullable<(typeof undecidedLegs)['shape']>['row'];
type Open = NonNullable<(typeof unmendedBetween)['shape']>['row'];
interface DayOf {
  readonly day: string;
  readonly row: StatementRow | undefined;
}

/** What can be read of statements; they name bills and numbers, so each look is on the audit trail. */
export class StatementArchive {
  readonly #store: Store;
  readonly #audit: AuditTrail;

  constructor(parts: { store: Store; audit: AuditTrail }) {
    this.#store = parts.store;
    this.#audit = parts.audit;
  }

  /** Fault `statement.not-found`. */
  async read(id: string, caller: Caller): Promise<ReadStatement> {
    const row = await this.#store.one(statementById, { id });
    if (!row) throw new Fault('statement.not-found');
    const { insurer, from_at: from, to_at: to } = row;
    await this.#audit.look({ ...caller, act: 'read', kind: 'statement', subject: id });
    const statement = id;
    return {
      row,
      totals: await this.#store.all(totalsOf, { statement }),
      differences: await this.#store.all(differencesOf, { statement, limit: SHOWN_MAX }),
      undecided: await this.#store.all(undecidedLegs, { insurer, from, to, limit: UNDECIDED_SHOWN_MAX }),
      ...(isMonth(row.period) ? { month: await this.#month(row) } : {}),
    };
  }

  /** The days, and the months, from one day to another. */
  async list(insurer: string, from: string, to: string, caller: Caller): Promise<StatementRow[]> {
    const span = { insurer, from: from.slice(0, 7), to, limit: LISTED_MAX };
    const rows = await this.#store.all(statementsBetween, span);
    const detail = { insurer, from, to, count: rows.length };
    await this.#audit.look({ ...caller, act: 'list', kind: 'statement', subject: 'list', detail });
    return rows.filter(({ period }) => isMonth(period) || period >= from);
  }

  async #month({ insurer, period }: StatementRow) {
    const span = { insurer, from: `${period}-01`, to: `${period}-31` };
    const rows = await this.#store.all(statementsBetween, { ...span, limit: LISTED_MAX });
    const byDay = new Map(rows.map((row) => [row.period, row]));
    return {
      days: eachDayOf(period).map((day) => ({ day, row: byDay.get(day) })),
      open: await this.#store.all(unmendedBetween, { ...span, limit: SHOWN_MAX }),
    };
  }
}
