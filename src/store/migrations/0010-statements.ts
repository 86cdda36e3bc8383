import type { Step } from '../migrate.ts';

/** The comparisons of our ledger with the insurers', what differs, and what became of it. */
export const statements: Step = async (db, types) => {
  await db.schema
    .createTable('statements')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('insurer', 'text', (c) => c.notNull())
    .addColumn('period', 'text', (c) => c.notNull())
    .addColumn('from_at', types.integer, (c) => c.notNull())
    .addColumn('to_at', types.integer, (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('version', types.integer, (c) => c.notNull())
    .addColumn('run', types.integer, (c) => c.notNull())
    .addColumn('client', 'text', (c) => c.notNull())
    .addColumn('runner', 'text')
    .addColumn('lease_until', types.integer)
    .addColumn('began_at', types.integer, (c) => c.notNull())
    .addColumn('finished_at', types.integer)
    .addColumn('cause_code', 'text')
    .addColumn('cause_reason', types.bytes)
    .addColumn('closed_at', types.integer)
    .addColumn('closed_by', 'text')
    .execute();
  // One for each insurer and period, whoever of several gateways makes it.
  await db.schema
    .createIndex('statements_period')
    .unique()
    .on('statements')
    .columns(['insurer', 'period'])
    .execute();
  await db.schema
    .createTable('statement_totals')
    .addColumn('statement_id', 'text', (c) => c.notNull().references('statements.id'))
    .addColumn('group_key', 'text', (c) => c.notNull())
    .addColumn('refund', types.integer, (c) => c.notNull())
    .addColumn('count', types.integer, (c) => c.notNull())
    .addColumn('total_fen', types.integer, (c) => c.notNull())
    .addColumn('fund_fen', types.integer, (c) => c.notNull())
    .addColumn('account_fen', types.integer, (c) => c.notNull())
    .addColumn('cash_fen', types.integer, (c) => c.notNull())
    .addColumn('late_count', types.integer, (c) => c.notNull())
    .addColumn('late_total_fen', types.integer, (c) => c.notNull())
    .addColumn('balanced', types.integer)
    .addColumn('words', types.bytes)
    .addColumn('their_count', types.integer)
    .addColumn('their_total_fen', types.integer)
    .addColumn('their_fund_fen', types.integer)
    .addPrimaryKeyConstraint('statement_totals_pk', ['statement_id', 'group_key', 'refund'])
    .execute();
  await db.schema
    .createTable('statement_differences')
    .addColumn('statement_id', 'text', (c) => c.notNull().references('statements.id'))
    .addColumn('n', types.integer, (c) => c.notNull())
    .addColumn('key', 'text', (c) => c.notNull())
    .addColumn('class', 'text', (c) => c.notNull())
    .addColumn('act', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('version', types.integer, (c) => c.notNull())
    .addColumn('run', types.integer, (c) => c.notNull())
    .addColumn('sign', types.integer, (c) => c.notNull())
    .addColumn('settlement_id', 'text')
    .addColumn('number', 'text')
    .addColumn('own_id', 'text')
    .addColumn('content', types.bytes, (c) => c.notNull())
    .addColumn('reason', types.bytes)
    .addColumn('exchange_id', 'text')
    .addColumn('asked_by', 'text')
    .addColumn('client', 'text')
    .addColumn('runner', 'text')
    .addColumn('lease_until', types.integer)
    .addColumn('updated_at', types.integer, (c) => c.notNull())
    .addPrimaryKeyConstraint('statement_differences_pk', ['statement_id', 'n'])
    .execute();
  // The same difference is found again by every run, and mended once.
  await db.schema
    .createIndex('statement_differences_key')
    .unique()
    .on('statement_differences')
    .columns(['statement_id', 'key'])
    .execute();
  await db.schema
    .createIndex('legs_reversal_number')
    .on('legs')
    .columns(['insurer', 'reversal_number'])
    .where('reversal_number', 'is not', null)
    .execute();
};
