import { sql } from 'kysely';
import { insertion, query } from '../store/query.ts';
import type { LegRow } from './queries.ts';

export const insertLeg = insertion('leg.insert', 'legs', [
  'settlement_id',
  'ordinal',
  'insurer',
  'place',
  'bill_number',
  'live',
  'state',
  'quote',
  'settled',
  'number',
  'reversal_number',
  'settled_at',
  'reversed_at',
  'own_id',
  'money_exchange',
  'statement_group',
  'total_fen',
  'fund_fen',
  'account_fen',
  'paid_fen',
  'cash_fen',
  'funds',
]);

export const legsOf = query<{ settlement: string }, LegRow>(
  'leg.ofSettlement',
  (db, arg) =>
    db.selectFrom('legs').selectAll().where('settlement_id', '=', arg('settlement')).orderBy('ordinal'),
  { hot: true },
);

export const updateLeg = query<Omit<LegRow, 'insurer' | 'place' | 'bill_number'>>(
  'leg.update',
  (db, arg) =>
    db
      .updateTable('legs')
      .set({
        live: arg('live'),
        state: arg('state'),
        quote: arg('quote'),
        settled: arg('settled'),
        number: arg('number'),
        reversal_number: arg('reversal_number'),
        settled_at: arg('settled_at'),
        reversed_at: arg('reversed_at'),
        own_id: arg('own_id'),
        money_exchange: arg('money_exchange'),
        statement_group: arg('statement_group'),
        total_fen: arg('total_fen'),
        fund_fen: arg('fund_fen'),
        account_fen: arg('account_fen'),
        paid_fen: arg('paid_fen'),
        cash_fen: arg('cash_fen'),
        funds: arg('funds'),
      })
      .where('settlement_id', '=', arg('settlement_id'))
      .where('ordinal', '=', arg('ordinal')),
  { hot: true },
);

/** Names the exchange that moves a leg's money, once in a step: it must be empty, or hold one that moved nothing. */
export const claimMoney = query<{ settlement: string; ordinal: number; exchange: string; replaces: string }>(
  'leg.claimMoney',
  (db, arg) =>
    db
      .updateTable('legs')
      .set({ money_exchange: arg('exchange') })
      .where('settlement_id', '=', arg('settlement'))
      .where('ordinal', '=', arg('ordinal'))
      .where((where) =>
        where.or([where('money_exchange', 'is', null), where('money_exchange', '=', arg('replaces'))]),
      ),
  { hot: true },
);

export const liveLeg = query<{ insurer: string; bill: string }, Pick<LegRow, 'settlement_id' | 'state'>>(
  'leg.live',
  (db, arg) =>
    db
      .selectFrom('legs')
      .select(['settlement_id', 'state'])
      .where('insurer', '=', arg('insurer'))
      .where('bill_number', '=', arg('bill'))
      .where('live', '=', sql.lit(1)),
  { hot: true },
);
