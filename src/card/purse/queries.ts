import { sql } from 'kysely';
import { insertion, query } from '../../store/query.ts';
import type { PurseRow } from './model.ts';

export const addPurseTransaction = insertion('purse.add', 'purse_transactions', [
  'id',
  'kind',
  'state',
  'client',
  'gateway',
  'reader_id',
  'card',
  'open',
  'amount_fen',
  'host_due',
  'created_at',
  'updated_at',
  'content',
]);

export const purseTransactionById = query<{ id: string }, PurseRow>(
  'purse.byId',
  (db, arg) => db.selectFrom('purse_transactions').selectAll().where('id', '=', arg('id')),
  { hot: true },
);

/** The transaction of a card whose end is not known. */
export const openPurseTransaction = query<{ card: string }, PurseRow>(
  'purse.open',
  (db, arg) =>
    db
      .selectFrom('purse_transactions')
      .selectAll()
      .where('card', '=', arg('card'))
      .where(sql<boolean>`open = 1`),
  { hot: true },
);

/** Compares and sets: no state is ever entered twice, so the state names the version. */
export const movePurseTransaction = query<
  Pick<PurseRow, 'id' | 'state' | 'open' | 'host_due' | 'updated_at' | 'content'> & { readonly from: string }
>(
  'purse.move',
  (db, arg) =>
    db
      .updateTable('purse_transactions')
      .set({
        state: arg('state'),
        open: arg('open'),
        host_due: arg('host_due'),
        updated_at: arg('updated_at'),
        content: arg('content'),
      })
      .where('id', '=', arg('id'))
      .where('state', '=', arg('from') as PurseRow['state']),
  { hot: true },
);

/** What a gateway that died left in the middle. */
export const unfinishedPurseTransactions = query<{ gateway: string }, PurseRow>(
  'purse.unfinished',
  (db, arg) =>
    db
      .selectFrom('purse_transactions')
      .selectAll()
      .where('state', 'in', ['prepared', 'debiting', 'crediting'])
      .where('gateway', '=', arg('gateway'))
      .orderBy('id'),
);

/** Loads that have ended and whose host does not know yet. */
export const loadsToTell = query<{ gateway: string; limit: number }, PurseRow>('purse.toTell', (db, arg) =>
  db
    .selectFrom('purse_transactions')
    .selectAll()
    .where(sql<boolean>`host_due = 1`)
    .where('state', 'in', ['credited', 'not-credited', 'refused'])
    .where('gateway', '=', arg('gateway'))
    .orderBy('id')
    .limit(arg('limit')),
);

export const loadTold = query<{ id: string }>('purse.told', (db, arg) =>
  db.updateTable('purse_transactions').set({ host_due: 0 }).where('id', '=', arg('id')),
);
