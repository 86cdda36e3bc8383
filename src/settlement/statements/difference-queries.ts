import { insertion, query } from '../../store/query.ts';
import type { SettlementTables } from '../tables.ts';
import type { StatementRow } from './queries.ts';

export type DifferenceRow = SettlementTables['statement_differences'];

export const insertDifference = insertion('statement.insertDifference', 'statement_differences', [
  'statement_id',
  'n',
  'key',
  'class',
  'act',
  'state',
  'version',
  'run',
  'sign',
  'settlement_id',
  'number',
  'own_id',
  'content',
  'reason',
  'exchange_id',
  'asked_by',
  'client',
  'runner',
  'lease_until',
  'updated_at',
]);

export const lockDifference = query<{ statement: string; n: number }, DifferenceRow>(
  'statement.lockDifference',
  (db, arg, dialect) => {
    const select = db
      .selectFrom('statement_differences')
      .selectAll()
      .where('statement_id', '=', arg('statement'))
      .where('n', '=', arg('n'));
    return dialect === 'postgres' ? select.forUpdate() : select;
  },
  { hot: true },
);

export const differenceByKey = query<{ statement: string; key: string }, DifferenceRow>(
  'statement.differenceByKey',
  (db, arg) =>
    db
      .selectFrom('statement_differences')
      .selectAll()
      .where('statement_id', '=', arg('statement'))
      .where('key', '=', arg('key')),
  { hot: true },
);

export const lastDifference = query<{ statement: string }, { n: number }>(
  'statement.lastDifference',
  (db, arg) =>
    db
      .selectFrom('statement_differences')
      .select('n')
      .where('statement_id', '=', arg('statement'))
      .orderBy('n', 'desc')
      .limit(1),
  { hot: true },
);

export const differencesOf = query<{ statement: string; limit: number }, DifferenceRow>(
  'statement.differences',
  (db, arg) =>
    db
      .selectFrom('statement_differences')
      .selectAll()
      .where('statement_id', '=', arg('statement'))
      .orderBy('n')
      .limit(arg('limit')),
);

export type DifferenceChange = Omit<DifferenceRow, 'key' | 'sign'> & { readonly before: number };

export const updateDifference = query<DifferenceChange>(
  'statement.updateDifference',
  (db, arg) =>
    db
      .updateTable('statement_differences')
      .set({
        class: arg('class'),
        act: arg('act'),
        state: arg('state'),
        version: arg('version'),
        run: arg('run'),
        settlement_id: arg('settlement_id'),
        number: arg('number'),
        own_id: arg('own_id'),
        content: arg('content'),
        reason: arg('reason'),
        exchange_id: arg('exchange_id'),
        asked_by: arg('asked_by'),
        client: arg('client'),
        runner: arg('runner'),
        lease_until: arg('lease_until'),
        updated_at: arg('updated_at'),
      })
      .where('statement_id', '=', arg('statement_id'))
      .where('n', '=', arg('n'))
      .where('version', '=', arg('before')),
  { hot: true },
);

/** Names the exchange that undoes, once it is on disk; nothing where another has taken the difference over. */
export const claimExchange = query<{ statement: string; n: number; version: number; exchange: string }>(
  'statement.claimExchange',
  (db, arg) =>
    db
      .updateTable('statement_differences')
      .set({ exchange_id: arg('exchange') })
      .where('statement_id', '=', arg('statement'))
      .where('n', '=', arg('n'))
      .where('version', '=', arg('version')),
  { hot: true },
);

/** Removes what a run has not found again, but for what is being mended or is. */
export const dropStale = query<{ statement: string; run: number }>('statement.dropStale', (db, arg) =>
  db
    .deleteFrom('statement_differences')
    .where('statement_id', '=', arg('statement'))
    .where('run', '<', arg('run'))
    .where('state', 'not in', ['mending', 'mended']),
);

/** What the last run found, mended or not. */
export const countFound = query<{ statement: string; run: number }, { count: number }>(
  'statement.countFound',
  (db, arg) =>
    db
      .selectFrom('statement_differences')
      .select((eb) => eb.cast<number>(eb.fn.countAll(), 'bigint').as('count'))
      .where('statement_id', '=', arg('statement'))
      .where('run', '=', arg('run')),
  { hot: true },
);

/** What is not mended of an insurer's days of a month. */
export const unmendedBetween = query<
  { insurer: string; from: string; to: string; limit: number },
  Pick<DifferenceRow, 'statement_id' | 'n' | 'class' | 'act' | 'state'> & Pick<StatementRow, 'period'>
>('statement.unmended', (db, arg) =>
  db
    .selectFrom('statements')
    .innerJoin('statement_differences as difference', 'difference.statement_id', 'statements.id')
    .select([
      'statements.period',
      'difference.statement_id',
      'difference.n',
      'difference.class',
      'difference.act',
      'difference.state',
    ])
    .where('statements.insurer', '=', arg('insurer'))
    .where('statements.period', '>=', arg('from'))
    .where('statements.period', '<=', arg('to'))
    .where('difference.state', '<>', 'mended')
    .orderBy('statements.period')
    .orderBy('difference.n')
    .limit(arg('limit')),
);
