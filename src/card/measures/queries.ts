import { sql } from 'kysely';
import type { READER_GROUPINGS } from '../../../schemas/measure.ts';
import { monthOf } from '../../store/china-days.ts';
import type { Store } from '../../store/port.ts';
import { query } from '../../store/query.ts';
import type { ReaderMeasureTables } from './tables.ts';

export const addCount = query<ReaderMeasureTables['reader_counts']>('reader.addCount', (db, arg) =>
  db
    .insertInto('reader_counts')
    .values({
      day: arg('day'),
      gateway: arg('gateway'),
      reader: arg('reader'),
      what: arg('what'),
      count: arg('count'),
    })
    .onConflict((conflict) =>
      conflict
        .columns(['day', 'gateway', 'reader', 'what'])
        .doUpdateSet((eb) => ({ count: eb('reader_counts.count', '+', eb.ref('excluded.count')) })),
    ),
);

export interface CountRow {
  readonly key: string;
  readonly what: string;
  readonly count: number;
}

/** How often each thing happened from `from` until before `until`, by group. */
export async function countUses(
  store: Store,
  { from, until }: { readonly from: number; readonly until: number },
  grouping?: (typeof READER_GROUPINGS)[number],
): Promise<CountRow[]> {
  const key =
    grouping === 'month'
      ? monthOf('day', store.dialect)
      : grouping === 'reader'
        ? sql<string>`reader`
        : sql<string>`''`;
  const rows = await store.list<CountRow>((db) =>
    db
      .selectFrom('reader_counts')
      .where('day', '>=', from)
      .where('day', '<', until)
      .groupBy([key, 'what'])
      .orderBy(key)
      .orderBy('what')
      .select(({ fn }) => [key.as('key'), 'what', fn.sum<number>('count').as('count')]),
  );
  return rows.map((row) => ({ ...row, count: Number(row.count) }));
}
