import { sql } from 'kysely';
import type { SETTLEMENT_GROUPINGS } from '../../../schemas/measure.ts';
import type { FUNDS } from '../../../schemas/settlement.ts';
import { monthOf } from '../../store/china-days.ts';
import type { Store } from '../../store/port.ts';
import type { Dialect } from '../../store/query.ts';

type Grouping = (typeof SETTLEMENT_GROUPINGS)[number];

/** What is added up: legs that these insurers settled from `from` until before `until`, and that stand. */
export interface Span {
  readonly insurers: readonly string[];
  readonly from: number;
  readonly until: number;
}

const SUMS = ['settlements', 'total_fen', 'fund_fen', 'account_fen', 'paid_fen', 'cash_fen'] as const;

export type SumRow = Readonly<Record<(typeof SUMS)[number], number>> & { readonly key: string };
export interface FundRow {
  readonly key: string;
  readonly fund: (typeof FUNDS)[number];
  readonly fen: number;
}

/**
 * The sums of each group, added up in the database. A bill that several payers share is one settlement with one total;
 * by insurer it is what each of them was asked for, and what each left.
 */
export async function sumSettlements(store: Store, span: Span, grouping?: Grouping): Promise<SumRow[]> {
  const key = keyOf(grouping, store.dialect);
  const first = grouping === 'insurer' ? sql`1 = 1` : sql`legs.ordinal = 1`;
  const of = grouping === 'insurer' ? 'legs' : 'settlements';
  const once = (value: ReturnType<typeof sql>) =>
    sql<number>`coalesce(sum(case when ${first} then ${value} else 0 end), 0)`;
  const rows = await store.list<SumRow>((db) =>
    db
      .selectFrom('legs')
      .innerJoin('settlements', 'settlements.id', 'legs.settlement_id')
      .where('legs.insurer', 'in', [...span.insurers])
      .where('legs.settled_at', '>=', span.from)
      .where('legs.settled_at', '<', span.until)
      .where('legs.state', '=', 'settled')
      .groupBy(key)
      .orderBy(key)
      .select([
        key.as('key'),
        once(sql`1`).as('settlements'),
        once(sql.ref(`${of}.total_fen`)).as('total_fen'),
        sql<number>`coalesce(sum(legs.fund_fen), 0)`.as('fund_fen'),
        sql<number>`coalesce(sum(legs.account_fen), 0)`.as('account_fen'),
        sql<number>`coalesce(sum(legs.paid_fen), 0)`.as('paid_fen'),
        once(sql.ref(`${of}.cash_fen`)).as('cash_fen'),
      ]),
  );
  return rows.map((row) => {
    const sums = Object.fromEntries(SUMS.map((name) => [name, Number(row[name])]));
    return { ...(sums as Record<(typeof SUMS)[number], number>), key: row.key };
  });
}

/** What each fund pays, by group. */
export async function sumFunds(store: Store, span: Span, grouping?: Grouping): Promise<FundRow[]> {
  const key = keyOf(grouping, store.dialect);
  const funds =
    store.dialect === 'sqlite'
      ? sql<{ key: string; value: number }>`json_each(legs.funds)`
      : sql<{ key: string; value: number }>`jsonb_each_text(legs.funds::jsonb)`;
  const fen =
    store.dialect === 'sqlite' ? sql<number>`sum(paid.value)` : sql<number>`sum(paid.value::bigint)`;
  const rows = await store.list<FundRow>((db) =>
    db
      .selectFrom('legs')
      .innerJoin('settlements', 'settlements.id', 'legs.settlement_id')
      .innerJoin(funds.as('paid'), (join) => join.onTrue())
      .where('legs.insurer', 'in', [...span.insurers])
      .where('legs.settled_at', '>=', span.from)
      .where('legs.settled_at', '<', span.until)
      .where('legs.state', '=', 'settled')
      .groupBy([key, sql`paid.key`])
      .orderBy(sql`paid.key`)
      .select([key.as('key'), sql<FundRow['fund']>`paid.key`.as('fund'), fen.as('fen')]),
  );
  return rows.map((row) => ({ ...row, fen: Number(row.fen) }));
}

function keyOf(grouping: Grouping | undefined, dialect: Dialect) {
  switch (grouping) {
    case undefined:
      // PostgreSQL groups by an expression, and not by a bare constant.
      return sql<string>`cast('' as text)`;
    case 'insurer':
      return sql<string>`legs.insurer`;
    case 'setting':
      return sql<string>`settlements.setting`;
    case 'month':
      return monthOf('legs.settled_at', dialect);
  }
}
