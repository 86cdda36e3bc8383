import type { Step } from '../migrate.ts';

/** When a referral was sent that had waited for its review: from then on its delivery is measured. */
export const sentTimes: Step = async (db, types) => {
  await db.schema.alterTable('referral_times').addColumn('sent_at', types.integer).execute();
};
