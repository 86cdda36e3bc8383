import type { Store } from '../store/port.ts';
import { query } from '../store/query.ts';
import type { VisitCounts } from './visit-counts.ts';

/** Settings that are a visit: a registration is the beginning of one, a pharmacy sees no patient. */
const OUTPATIENT = ['outpatient', 'chronic'] as const;

/** A settlement counts once, by its first payer. */
const countSettled = query<
  { insurer: string; from: number; until: number },
  { setting: string; count: number }
>(
  'settlement.countVisits',
  (db, arg) =>
    db
      .selectFrom('legs')
      .innerJoin('settlements', 'settlements.id', 'legs.settlement_id')
      .where('legs.insurer', '=', arg('insurer'))
      .where('legs.settled_at', '>=', arg('from'))
      .where('legs.settled_at', '<', arg('until'))
      .where('legs.ordinal', '=', 1)
      .where('settlements.state', '=', 'settled')
      .where('settlements.setting', 'in', [...OUTPATIENT, 'inpatient'])
      .groupBy('settlements.setting')
      .select(({ fn }) => ['settlements.setting as setting', fn.countAll<number>().as('count')]),
  { hot: true },
);

/** Counts visits by the index of the time of settlement, an insurer at a time. */
export function visitCounts(parts: {
  readonly store: Store;
  readonly insurers: ReadonlyMap<string, unknown>;
}): VisitCounts {
  return {
    async countVisits(from, until) {
      const counts = { outpatient: 0, stays: 0 };
      for (const insurer of parts.insurers.keys()) {
        for (const { setting, count } of await parts.store.all(countSettled, { insurer, from, until })) {
          counts[setting === 'inpatient' ? 'stays' : 'outpatient'] += Number(count);
        }
      }
      return counts;
    },
  };
}
