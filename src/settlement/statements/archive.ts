import type { StatementQuery } from '../../../schemas/statement.ts';
import type { AuditTrail } from '../../access/audit.ts';
import type { Caller } from '../../access/caller.ts';
import { type Clock, chinaDate } from '../../clock.ts';
import { Fault } from '../../errors.ts';
import type { Store } from '../../store/port.ts';
import { type DifferenceRow, differencesOf, unmendedBetween } from './difference-queries.ts';
import { undecidedLegs } from './leg-queries.ts';
import { eachDayOf, isMonth, spanOf } from './periods.ts';
import { type StatementRow, statementById, statementsBetween, type TotalsRow, totalsOf } from './queries.ts';

/** What one answer shows; a statement with more is cut, and says so when it is made. */
const SHOWN_MAX = 2_000;
const UNDECIDED_SHOWN_MAX = 200;
/** Statements of one list: a year of days, and its months. */
const LISTED_MAX = 400;
const LISTED_BEFORE_MS = 31 * 24 * 3_600_000;

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
  readonly #clock: Clock;

  constructor(parts: { store: Store; audit: AuditTrail; clock: Clock }) {
    this.#clock = parts.clock;
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

  /** The days, and the months, from one day to another; of the last month where nothing is said. */
  async list(query: StatementQuery, caller: Caller): Promise<StatementRow[]> {
    const { insurer, to = chinaDate(this.#clock.now()) } = query;
    const from = query.from ?? chinaDate((spanOf(to)?.from ?? 0) - LISTED_BEFORE_MS);
    const rows = await this.#store.list<StatementRow>((db) => {
      // A month stands before its days.
      let select = db.selectFrom('statements').selectAll().where('period', '>=', from.slice(0, 7));
      if (insurer !== undefined) select = select.where('insurer', '=', insurer);
      return select.where('period', '<=', to).orderBy('period').orderBy('insurer').limit(LISTED_MAX);
    });
    const detail = { from, to, count: rows.length, ...(insurer === undefined ? {} : { insurer }) };
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
