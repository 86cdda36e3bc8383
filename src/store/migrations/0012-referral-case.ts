import type { Step } from '../migrate.ts';

/** Referrals of the green channel, linked, claimed, and overdue. */
export const referralCase: Step = async (db, types) => {
  const texts = ['channel', 'based_on', 'relation', 'due_for'];
  for (const column of texts) await db.schema.alterTable('referrals').addColumn(column, 'text').execute();
  const times = ['amend_until', 'consent_due_at', 'due_at', 'reminded_at'];
  for (const column of times) {
    await db.schema.alterTable('referrals').addColumn(column, types.integer).execute();
  }
  const flags = ['retro', 'name_differs', 'overdue', 'consent_overdue'];
  for (const column of flags) {
    await db.schema
      .alterTable('referrals')
      .addColumn(column, types.integer, (c) => c.notNull().defaultTo(0))
      .execute();
  }
  await db.schema.alterTable('referrals').addColumn('claim', types.bytes).execute();
  await db.schema
    .createIndex('referrals_correlation')
    .on('referrals')
    .columns(['correlation_id', 'id'])
    .execute();
  await db.schema
    .createIndex('referrals_due')
    .on('referrals')
    .column('due_at')
    .where('due_at', 'is not', null)
    .execute();
  await db.schema
    .createIndex('referrals_consent_due')
    .on('referrals')
    .column('consent_due_at')
    .where('consent_due_at', 'is not', null)
    .execute();
};
