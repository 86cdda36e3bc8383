import { sql } from 'kysely';
import { insertion, query } from '../store/query.ts';
import type { SettlementTables } from './tables.ts';

export type ExchangeRow = SettlementTables['exchanges'];

// The journal: two statements of every exchange.

export const beginExchange = insertion('exchange.begin', 'exchanges', [
  'id',
  'insurer',
  'transaction',
  'own_id',
  'purpose',
  'settlement_id',
  'client',
  'effect',
  'request',
  'sent_at',
  'deadline_at',
  'outcome',
  'reason',
  'answer',
  'status',
  'answered_at',
  'duration_ms',
]);

type Answered = Pick<
  ExchangeRow,
  'id' | 'reason' | 'answer' | 'status' | 'answered_at' | 'duration_ms' | 'outcome'
>;

export const answerExchange = query<Answered>(
  'exchange.answer',
  (db, arg) =>
    db
      .updateTable('exchanges')
      .set({
        outcome: arg('outcome'),
        reason: arg('reason'),
        answer: arg('answer'),
        status: arg('status'),
        answered_at: arg('answered_at'),
        duration_ms: arg('duration_ms'),
      })
      .where('id', '=', arg('id'))
      .where('outcome', '=', sql.lit('pending')),
  { hot: true },
);

export const expireExchanges = query<{ now: number }>('exchange.expire', (db, arg) =>
  db
    .updateTable('exchanges')
    .set({ outcome: 'unknown' })
    .where('outcome', '=', sql.lit('pending'))
    .where('deadline_at', '<', arg('now')),
);

export const giveUpExchange = query<{ id: string }>('exchange.giveUp', (db, arg) =>
  db
    .updateTable('exchanges')
    .set({ outcome: 'unknown' })
    .where('id', '=', arg('id'))
    .where('outcome', '=', sql.lit('pending')),
);

export const exchangeById = query<{ id: string }, ExchangeRow>(
  'exchange.byId',
  (db, arg) => db.selectFrom('exchanges').selectAll().where('id', '=', arg('id')),
  { hot: true },
);

export type ExchangeSummary = Omit<ExchangeRow, 'request' | 'answer'>;

export const summaryColumns = [
  'id',
  'insurer',
  'transaction',
  'own_id',
  'purpose',
  'settlement_id',
  'client',
  'effect',
  'sent_at',
  'deadline_at',
  'outcome',
  'reason',
  'status',
  'answered_at',
  'duration_ms',
] as const;

export const exchangesOf = query<{ settlement: string; limit: number }, ExchangeSummary>(
  'exchange.ofSettlement',
  (db, arg) =>
    db
      .selectFrom('exchanges')
      .select(summaryColumns)
      .where('settlement_id', '=', arg('settlement'))
      .orderBy('id')
      .limit(arg('limit')),
);
