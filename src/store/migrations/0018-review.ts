import type { Step } from '../migrate.ts';

/** What waits for an internal review, and who was told of an emergency. */
export const review: Step = async (db, types) => {
  for (const column of ['review', 'review_act']) {
    await db.schema.alterTable('referrals').addColumn(column, 'text').execute();
  }
  await db.schema.alterTable('referrals').addColumn('held', types.bytes).execute();
  await db.schema
    .createIndex('referrals_review')
    .on('referrals')
    .columns(['review', 'id'])
    .where('review', 'is not', null)
    .execute();
  await db.schema
    .createTable('referral_contacts')
    .addColumn('referral_id', 'text', (c) => c.notNull())
    .addColumn('role', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('told', 'text', (c) => c.notNull())
    .addColumn('told_at', types.integer, (c) => c.notNull())
    .addColumn('seen_at', types.integer)
    .addColumn('seen_by', types.bytes)
    .addPrimaryKeyConstraint('referral_contacts_pk', ['referral_id', 'role'])
    .execute();
};
