import { query } from '../../store/query.ts';
import type { ExchangeRow } from '../exchange-queries.ts';

export type RecentExchange = Pick<
  ExchangeRow,
  'transaction' | 'outcome' | 'sent_at' | 'answered_at' | 'duration_ms'
>;

const COLUMNS = ['transaction', 'outcome', 'sent_at', 'answered_at', 'duration_ms'] as const;

/** The last exchanges with an insurer, newest first. */
export const recentExchanges = query<{ insurer: string; since: number; limit: number }, RecentExchange>(
  'exchange.recent',
  (db, arg) =>
    db
      .selectFrom('exchanges')
      .select(COLUMNS)
      .where('insurer', '=', arg('insurer'))
      .where('sent_at', '>=', arg('since'))
      .orderBy('sent_at', 'desc')
      .limit(arg('limit')),
  { hot: true },
);

/** The last time somebody signed in at an insurer. */
export const lastOfTransaction = query<
  { insurer: string; transaction: string; since: number },
  RecentExchange
>('exchange.lastOfTransaction', (db, arg) =>
  db
    .selectFrom('exchanges')
    .select(COLUMNS)
    .where('insurer', '=', arg('insurer'))
    .where('sent_at', '>=', arg('since'))
    .where('transaction', '=', arg('transaction'))
    .orderBy('sent_at', 'desc')
    .limit(1),
);

/** Settlements whose outcome nobody knows, by the insurer they wait for. */
export const doubtful = query<
  object,
  {
    insurer: string;
    state: 'in-doubt' | 'needs-review';
    count: number | string;
    oldest: number | string;
  }
>('settlement.doubtful', (db) =>
  db
    .selectFrom('settlements as s')
    .innerJoin('legs as l', (join) =>
      join.onRef('l.settlement_id', '=', 's.id').onRef('l.ordinal', '=', 's.leg'),
    )
    .where('s.state', 'in', ['in-doubt', 'needs-review'])
    .groupBy(['l.insurer', 's.state'])
    .select(({ fn }) => [
      'l.insurer',
      's.state',
      fn.countAll().as('count'),
      fn.min('s.updated_at').as('oldest'),
    ])
    .$castTo(),
);
