import type { Step } from '../migrate.ts';

/** How far a comparison that is under way has come, for those who wait for it. */
export const statementProgress: Step = async (db, types) => {
  for (const column of ['steps_done', 'steps'])
    await db.schema
      .alterTable('statements')
      .addColumn(column, types.integer, (of) => of.notNull().defaultTo(0))
      .execute();
};
