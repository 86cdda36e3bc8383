import type { Step } from '../migrate.ts';

/** The last exchanges with an insurer are looked at again and again, to tell how it is doing. */
export const exchangeTimes: Step = async (db) => {
  await db.schema.createIndex('exchanges_sent').on('exchanges').columns(['insurer', 'sent_at']).execute();
};
