import type { Step } from '../migrate.ts';

/** Bills put to several payers, and what a statement asks of a leg. */
export const payers: Step = async (db, types) => {
  const settlements = [
    ['leg', types.integer, 1],
    ['way', types.integer, 0],
  ] as const;
  for (const [name, type, start] of settlements) {
    await db.schema
      .alterTable('settlements')
      .addColumn(name, type, (c) => c.notNull().defaultTo(start))
      .execute();
  }
  await db.schema.alterTable('settlements').addColumn('goal', 'text').execute();
  await db.schema.alterTable('settlements').addColumn('paid_fen', types.integer).execute();
  await db.schema.alterTable('settlements').addColumn('failure_code', 'text').execute();
  await db.schema.alterTable('settlements').addColumn('failure_reason', types.bytes).execute();
  await db.schema
    .alterTable('settlements')
    .addColumn('setting', 'text', (c) => c.notNull().defaultTo('outpatient'))
    .execute();
  await db.schema.alterTable('settlements').addColumn('stay_id', 'text').execute();
  await db.schema
    .alterTable('legs')
    .addColumn('place', 'text', (c) => c.notNull().defaultTo('basic'))
    .execute();
  await db.schema.alterTable('legs').addColumn('statement_group', 'text').execute();
  for (const name of ['total_fen', 'fund_fen', 'account_fen', 'paid_fen', 'cash_fen']) {
    await db.schema.alterTable('legs').addColumn(name, types.integer).execute();
  }
  await db.schema
    .createIndex('settlements_stay')
    .on('settlements')
    .columns(['stay_id', 'id'])
    .where('stay_id', 'is not', null)
    .execute();
  // A day's statement looks for what was reversed on it, too.
  await db.schema.createIndex('legs_reversed').on('legs').columns(['insurer', 'reversed_at']).execute();
};
