import { query } from '../store/query.ts';
import type { EventTables } from './tables.ts';

export type NewEventRow = EventTables['events_new'];
export type LogRow = EventTables['events_log'];

export const insertNewEvent = query<Omit<NewEventRow, 'place'>>('event.insertNew', (db, arg) =>
  db.insertInto('events_new').values({
    id: arg('id'),
    at: arg('at'),
    type: arg('type'),
    subject: arg('subject'),
    data: arg('data'),
  } as never),
);

/** What waits for its number, in the order in which it was written. */
export const newEvents = query<{ limit: number }, NewEventRow>('event.new', (db, arg) =>
  db.selectFrom('events_new').selectAll().orderBy('place').limit(arg('limit')),
);

export const deleteNewEvent = query<{ place: number }>(
  'event.deleteNew',
  (db, arg) => db.deleteFrom('events_new').where('place', '=', arg('place')),
  { hot: true },
);

/** The last number given out, with `by` more; on PostgreSQL its row is locked until the unit ends. */
export const advanceCounter = query<{ name: string; by: number }, { value: number }>(
  'event.advanceCounter',
  (db, arg) =>
    db
      .insertInto('counters')
      .values({ name: arg('name'), value: arg('by') })
      .onConflict((conflict) =>
        conflict.column('name').doUpdateSet((eb) => ({ value: eb('counters.value', '+', arg('by')) })),
      )
      .returning('value'),
  { hot: true },
);

export const counterValue = query<{ name: string }, { value: number }>(
  'event.counterValue',
  (db, arg) => db.selectFrom('counters').select('value').where('name', '=', arg('name')),
  { hot: true },
);

export const insertLogged = query<LogRow>('event.insertLogged', (db, arg) =>
  db.insertInto('events_log').values({
    seq: arg('seq'),
    id: arg('id'),
    at: arg('at'),
    type: arg('type'),
    subject: arg('subject'),
    data: arg('data'),
  }),
);

export const oldestLogged = query<object, { seq: number }>('event.oldest', (db) =>
  db.selectFrom('events_log').select('seq').orderBy('seq').limit(1),
);

/** The last number among the first rows that are older: what may be removed in one go. */
export const lastExpired = query<{ before: number; limit: number }, { seq: number | null }>(
  'event.lastExpired',
  (db, arg) =>
    db
      .selectFrom((eb) =>
        eb
          .selectFrom('events_log')
          .select('seq')
          .where('at', '<', arg('before'))
          .orderBy('at')
          .orderBy('seq')
          .limit(arg('limit'))
          .as('old'),
      )
      .select((eb) => eb.fn.max<number | null>('old.seq').as('seq')),
);

export const expireLogged = query<{ upTo: number; before: number }>('event.expire', (db, arg) =>
  db.deleteFrom('events_log').where('seq', '<=', arg('upTo')).where('at', '<', arg('before')),
);
