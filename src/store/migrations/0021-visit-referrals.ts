import type { Step } from '../migrate.ts';

/**
 * How a bill and a stay came by the referral they follow, where they follow one; what the referral is stands sealed
 * with the rest. And the numbers under which insurers have referrals on file, as the other end told them.
 */
export const visitReferrals: Step = async (db, types) => {
  await db.schema.alterTable('settlements').addColumn('referral_source', 'text').execute();
  await db.schema.alterTable('stays').addColumn('referral_source', 'text').execute();
  await db.schema
    .createTable('referral_filings')
    .addColumn('peer', 'text', (c) => c.notNull())
    .addColumn('case_id', 'text', (c) => c.notNull())
    .addColumn('insurer', 'text', (c) => c.notNull())
    .addColumn('revision', types.integer, (c) => c.notNull())
    .addColumn('number', 'text')
    .addColumn('told_at', types.integer, (c) => c.notNull())
    .addPrimaryKeyConstraint('referral_filings_pk', ['peer', 'case_id', 'insurer'])
    .execute();
};
