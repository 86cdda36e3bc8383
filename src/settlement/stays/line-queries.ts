import { sql } from 'kysely';
import { insertion, query } from '../../store/query.ts';
import type { LineState, StayTables } from './tables.ts';

export type LineRow = StayTables['stay_lines'];

export const insertLine = insertion('stayLine.insert', 'stay_lines', [
  'stay_id',
  'line',
  'serial',
  'state',
  'content',
  'digest',
  'amount_fen',
  'full_own_fen',
  'over_limit_fen',
  'first_own_fen',
  'in_scope_fen',
  'settlement_id',
]);

export const linesInState = query<{ stay: string; state: LineState; limit: number }, LineRow>(
  'stayLine.inState',
  (db, arg) =>
    db
      .selectFrom('stay_lines')
      .selectAll()
      .where('stay_id', '=', arg('stay'))
      .where('state', '=', arg('state'))
      .orderBy('serial')
      .limit(arg('limit')),
  { hot: true },
);

/** Moves all lines of one state to another. */
export const moveLines = query<{ stay: string; from: LineState; to: LineState }>(
  'stayLine.move',
  (db, arg) =>
    db
      .updateTable('stay_lines')
      .set({ state: arg('to') })
      .where('stay_id', '=', arg('stay'))
      .where('state', '=', arg('from')),
  { hot: true },
);

export const moveLine = query<{ stay: string; line: string; to: LineState }>(
  'stayLine.moveOne',
  (db, arg) =>
    db
      .updateTable('stay_lines')
      .set({ state: arg('to') })
      .where('stay_id', '=', arg('stay'))
      .where('line', '=', arg('line')),
  { hot: true },
);

export const divideLine = query<
  Pick<LineRow, 'stay_id' | 'line' | 'full_own_fen' | 'over_limit_fen' | 'first_own_fen' | 'in_scope_fen'>
>(
  'stayLine.divide',
  (db, arg) =>
    db
      .updateTable('stay_lines')
      .set({
        full_own_fen: arg('full_own_fen'),
        over_limit_fen: arg('over_limit_fen'),
        first_own_fen: arg('first_own_fen'),
        in_scope_fen: arg('in_scope_fen'),
      })
      .where('stay_id', '=', arg('stay_id'))
      .where('line', '=', arg('line')),
  { hot: true },
);

export const renumberLine = query<{ stay: string; line: string; serial: number }>(
  'stayLine.renumber',
  (db, arg) =>
    db
      .updateTable('stay_lines')
      .set({ serial: arg('serial') })
      .where('stay_id', '=', arg('stay'))
      .where('line', '=', arg('line')),
  { hot: true },
);

/** Lines that never came to the insurer: their numbers may be used again. */
export const dropSent = query<{ stay: string }>(
  'stayLine.dropSent',
  (db, arg) =>
    db.deleteFrom('stay_lines').where('stay_id', '=', arg('stay')).where('state', '=', sql.lit('sent')),
  { hot: true },
);

/** What no settlement has taken that stands or may yet. */
export const freeLines = query<{ stay: string; limit: number }, LineRow>(
  'stayLine.free',
  (db, arg) =>
    db
      .selectFrom('stay_lines as l')
      .leftJoin('settlements as s', 's.id', 'l.settlement_id')
      .selectAll('l')
      .where('l.stay_id', '=', arg('stay'))
      .where('l.state', '=', sql.lit('there'))
      .where((where) =>
        where.or([where('l.settlement_id', 'is', null), where('s.state', 'in', ['failed', 'reversed'])]),
      )
      .orderBy('l.serial')
      .limit(arg('limit')),
  { hot: true },
);

/** Takes them for a settlement. */
export const takeFreeLines = query<{ stay: string; settlement: string }>(
  'stayLine.takeFree',
  (db, arg) =>
    db
      .updateTable('stay_lines')
      .set({ settlement_id: arg('settlement') })
      .where('stay_id', '=', arg('stay'))
      .where('state', '=', sql.lit('there'))
      .where((where) =>
        where.or([
          where('settlement_id', 'is', null),
          where(
            'settlement_id',
            'in',
            where
              .selectFrom('settlements as s')
              .select('s.id')
              .where('s.stay_id', '=', arg('stay'))
              .where('s.state', 'in', ['failed', 'reversed']),
          ),
        ]),
      ),
  { hot: true },
);

/** Sums of the lines that are at the insurer, of those that are free, and of those that were withdrawn. */
export interface LineSums {
  readonly state: LineState;
  readonly free: number;
  readonly lines: number;
  readonly total: number;
  readonly undivided: number;
  readonly full_own: number | null;
  readonly over_limit: number | null;
  readonly first_own: number | null;
  readonly in_scope: number | null;
}

export const lineSums = query<{ stay: string }, LineSums>(
  'stayLine.sums',
  (db, arg) =>
    db
      .selectFrom('stay_lines as l')
      .leftJoin('settlements as s', 's.id', 'l.settlement_id')
      .select([
        'l.state',
        sql<number>`case when l.settlement_id is null or s.state in ('failed', 'reversed') then 1 else 0 end`.as(
          'free',
        ),
        sql<number>`cast(count(*) as bigint)`.as('lines'),
        sql<number>`cast(sum(l.amount_fen) as bigint)`.as('total'),
        sql<number>`cast(sum(case when l.in_scope_fen is null then 1 else 0 end) as bigint)`.as('undivided'),
        sql<number | null>`cast(sum(l.full_own_fen) as bigint)`.as('full_own'),
        sql<number | null>`cast(sum(l.over_limit_fen) as bigint)`.as('over_limit'),
        sql<number | null>`cast(sum(l.first_own_fen) as bigint)`.as('first_own'),
        sql<number | null>`cast(sum(l.in_scope_fen) as bigint)`.as('in_scope'),
      ])
      .where('l.stay_id', '=', arg('stay'))
      .groupBy(['l.state', 'free']),
  { hot: true },
);
