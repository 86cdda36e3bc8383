import { insertion, query } from '../../store/query.ts';
import type { SettlementTables } from '../tables.ts';

export type StatementRow = SettlementTables['statements'];
export type TotalsRow = SettlementTables['statement_totals'];

// Statements: changed under their version, by the run that holds their lease.

export const insertStatement = insertion('statement.insert', 'statements', [
  'id',
  'insurer',
  'period',
  'from_at',
  'to_at',
  'state',
  'version',
  'run',
  'client',
  'runner',
  'lease_until',
  'steps_done',
  'steps',
  'began_at',
  'finished_at',
  'cause_code',
  'cause_reason',
  'closed_at',
  'closed_by',
]);

export const statementById = query<{ id: string }, StatementRow>(
  'statement.byId',
  (db, arg) => db.selectFrom('statements').selectAll().where('id', '=', arg('id')),
  { hot: true },
);

export const statementOf = query<{ insurer: string; period: string }, StatementRow>(
  'statement.ofPeriod',
  (db, arg) =>
    db
      .selectFrom('statements')
      .selectAll()
      .where('insurer', '=', arg('insurer'))
      .where('period', '=', arg('period')),
  { hot: true },
);

/** From one period to another, as text: a day stands before the days after it, a month before its days. */
export const statementsBetween = query<
  { insurer: string; from: string; to: string; limit: number },
  StatementRow
>(
  'statement.between',
  (db, arg) =>
    db
      .selectFrom('statements')
      .selectAll()
      .where('insurer', '=', arg('insurer'))
      .where('period', '>=', arg('from'))
      .where('period', '<=', arg('to'))
      .orderBy('period')
      .limit(arg('limit')),
  { hot: true },
);

export type StatementChange = Omit<StatementRow, 'insurer' | 'period' | 'from_at' | 'to_at'> & {
  readonly before: number;
};

export const updateStatement = query<StatementChange>(
  'statement.update',
  (db, arg) =>
    db
      .updateTable('statements')
      .set({
        state: arg('state'),
        version: arg('version'),
        run: arg('run'),
        client: arg('client'),
        runner: arg('runner'),
        lease_until: arg('lease_until'),
        steps_done: arg('steps_done'),
        steps: arg('steps'),
        began_at: arg('began_at'),
        finished_at: arg('finished_at'),
        cause_code: arg('cause_code'),
        cause_reason: arg('cause_reason'),
        closed_at: arg('closed_at'),
        closed_by: arg('closed_by'),
      })
      .where('id', '=', arg('id'))
      .where('version', '=', arg('before')),
  { hot: true },
);

/** Holds on to a run; nothing changes where another has begun. */
export const renewLease = query<{ id: string; version: number; until: number }>(
  'statement.renew',
  (db, arg) =>
    db
      .updateTable('statements')
      .set({ lease_until: arg('until') })
      .where('id', '=', arg('id'))
      .where('version', '=', arg('version')),
  { hot: true },
);

/** The same, and says how far the run has come. */
export const renewProgress = query<{
  id: string;
  version: number;
  until: number;
  steps_done: number;
  steps: number;
}>(
  'statement.progress',
  (db, arg) =>
    db
      .updateTable('statements')
      .set({ lease_until: arg('until'), steps_done: arg('steps_done'), steps: arg('steps') })
      .where('id', '=', arg('id'))
      .where('version', '=', arg('version')),
  { hot: true },
);

// Totals

export const dropTotals = query<{ statement: string }>('statement.dropTotals', (db, arg) =>
  db.deleteFrom('statement_totals').where('statement_id', '=', arg('statement')),
);

export const insertTotals = insertion('statement.insertTotals', 'statement_totals', [
  'statement_id',
  'group_key',
  'refund',
  'count',
  'total_fen',
  'fund_fen',
  'account_fen',
  'cash_fen',
  'late_count',
  'late_total_fen',
  'balanced',
  'words',
  'their_count',
  'their_total_fen',
  'their_fund_fen',
]);

export const totalsOf = query<{ statement: string }, TotalsRow>('statement.totals', (db, arg) =>
  db
    .selectFrom('statement_totals')
    .selectAll()
    .where('statement_id', '=', arg('statement'))
    .orderBy('group_key')
    .orderBy('refund'),
);

/** The groups of an insurer's earlier statements: where it may have something that we have not. */
export const groupsSince = query<{ insurer: string; from: string }, { group_key: string }>(
  'statement.groupsSince',
  (db, arg) =>
    db
      .selectFrom('statements')
      .innerJoin('statement_totals', 'statement_totals.statement_id', 'statements.id')
      .select('statement_totals.group_key')
      .distinct()
      .where('statements.insurer', '=', arg('insurer'))
      .where('statements.period', '>=', arg('from')),
);
