import { type RawBuilder, sql } from 'kysely';
import { query } from '../../store/query.ts';
import type { ExchangeRow } from '../exchange-queries.ts';
import type { LegRow, SettlementRow } from '../queries.ts';

/** What stands in our ledger of a period, as statements ask for it. */

export interface SumsRow {
  readonly group_key: string;
  readonly count: number;
  readonly total_fen: number;
  readonly fund_fen: number;
  readonly account_fen: number;
  readonly cash_fen: number;
}

interface Within {
  readonly insurer: string;
  readonly from: number;
  readonly to: number;
}

const sum = (column: string): RawBuilder<number> =>
  sql<number>`cast(coalesce(sum(${sql.ref(column)}), 0) as bigint)`;

const SUMS = [
  sql<string>`coalesce(statement_group, '')`.as('group_key'),
  sql<number>`cast(count(*) as bigint)`.as('count'),
  sum('total_fen').as('total_fen'),
  sum('fund_fen').as('fund_fen'),
  sum('account_fen').as('account_fen'),
  sum('cash_fen').as('cash_fen'),
];

export const settledSums = query<Within, SumsRow>('statement.settledSums', (db, arg) =>
  db
    .selectFrom('legs')
    .select(SUMS)
    .where('insurer', '=', arg('insurer'))
    .where('settled_at', '>=', arg('from'))
    .where('settled_at', '<', arg('to'))
    .groupBy(sql`coalesce(statement_group, '')`),
);

/** Of reversals, as positive amounts; `late` counts those of what was settled before a month's first moment. */
export const reversedSums = query<
  Within & { readonly month: number },
  SumsRow & { readonly late_count: number; readonly late_total_fen: number }
>('statement.reversedSums', (db, arg) =>
  db
    .selectFrom('legs')
    .select(SUMS)
    .select([
      sql<number>`cast(coalesce(sum(case when settled_at < ${arg('month')} then 1 else 0 end), 0) as bigint)`.as(
        'late_count',
      ),
      sql<number>`cast(coalesce(sum(case when settled_at < ${arg('month')} then total_fen else 0 end), 0) as bigint)`.as(
        'late_total_fen',
      ),
    ])
    .where('insurer', '=', arg('insurer'))
    .where('reversed_at', '>=', arg('from'))
    .where('reversed_at', '<', arg('to'))
    .groupBy(sql`coalesce(statement_group, '')`),
);

interface Page extends Within {
  /** The last row of the page before: its time and its settlement. */
  readonly at: number;
  readonly after: string;
  readonly limit: number;
}

export const settledLegs = query<Page, LegRow>('statement.settledLegs', (db, arg) =>
  db
    .selectFrom('legs')
    .selectAll()
    .where('insurer', '=', arg('insurer'))
    .where('settled_at', '>=', arg('from'))
    .where('settled_at', '<', arg('to'))
    .where((where) =>
      where.or([
        where('settled_at', '>', arg('at')),
        where.and([where('settled_at', '=', arg('at')), where('settlement_id', '>', arg('after'))]),
      ]),
    )
    .orderBy('settled_at')
    .orderBy('settlement_id')
    .limit(arg('limit')),
);

export const reversedLegs = query<Page, LegRow>('statement.reversedLegs', (db, arg) =>
  db
    .selectFrom('legs')
    .selectAll()
    .where('insurer', '=', arg('insurer'))
    .where('reversed_at', '>=', arg('from'))
    .where('reversed_at', '<', arg('to'))
    .where((where) =>
      where.or([
        where('reversed_at', '>', arg('at')),
        where.and([where('reversed_at', '=', arg('at')), where('settlement_id', '>', arg('after'))]),
      ]),
    )
    .orderBy('reversed_at')
    .orderBy('settlement_id')
    .limit(arg('limit')),
);

export const legByNumber = query<{ insurer: string; number: string }, LegRow>(
  'statement.legByNumber',
  (db, arg) =>
    db
      .selectFrom('legs')
      .selectAll()
      .where('insurer', '=', arg('insurer'))
      .where('number', '=', arg('number'))
      .orderBy('settlement_id', 'desc')
      .limit(1),
  { hot: true },
);

export const legByReversal = query<{ insurer: string; number: string }, LegRow>(
  'statement.legByReversal',
  (db, arg) =>
    db
      .selectFrom('legs')
      .selectAll()
      .where('insurer', '=', arg('insurer'))
      .where('reversal_number', '=', arg('number'))
      .orderBy('settlement_id', 'desc')
      .limit(1),
  { hot: true },
);

/** The exchange that we gave an id. */
export const exchangeByOwnId = query<
  { insurer: string; own_id: string },
  Pick<ExchangeRow, 'id' | 'settlement_id' | 'transaction' | 'sent_at' | 'deadline_at'>
>(
  'statement.exchangeByOwnId',
  (db, arg) =>
    db
      .selectFrom('exchanges')
      .select(['id', 'settlement_id', 'transaction', 'sent_at', 'deadline_at'])
      .where('insurer', '=', arg('insurer'))
      .where('own_id', '=', arg('own_id')),
  { hot: true },
);

/** What is not decided of a period: in doubt, or waiting for a person, by when the exchange in question was sent. */
export const undecidedLegs = query<
  Within & { readonly limit: number },
  Pick<SettlementRow, 'id' | 'state' | 'doubt_of' | 'bill_number' | 'total_fen'> &
    Pick<ExchangeRow, 'transaction' | 'own_id' | 'sent_at'>
>('statement.undecided', (db, arg) =>
  db
    .selectFrom('settlements')
    .innerJoin('legs', 'legs.settlement_id', 'settlements.id')
    .innerJoin('exchanges', 'exchanges.id', 'legs.money_exchange')
    .select([
      'settlements.id',
      'settlements.state',
      'settlements.doubt_of',
      'settlements.bill_number',
      'settlements.total_fen',
      'exchanges.transaction',
      'exchanges.own_id',
      'exchanges.sent_at',
    ])
    .where('settlements.state', 'in', ['in-doubt', 'needs-review'])
    .where('legs.insurer', '=', arg('insurer'))
    .where('legs.state', 'in', ['in-doubt', 'needs-review'])
    .where('exchanges.sent_at', '>=', arg('from'))
    .where('exchanges.sent_at', '<', arg('to'))
    .orderBy('settlements.id')
    .limit(arg('limit')),
);

/** Sets when, and under which number, a leg was reversed, where only the insurer's statement tells. */
export const correctReversal = query<{
  settlement: string;
  ordinal: number;
  number: string | null;
  at: number;
}>(
  'statement.correctReversal',
  (db, arg) =>
    db
      .updateTable('legs')
      .set({ reversal_number: arg('number'), reversed_at: arg('at') })
      .where('settlement_id', '=', arg('settlement'))
      .where('ordinal', '=', arg('ordinal'))
      .where('state', '=', sql.lit('reversed')),
  { hot: true },
);
