import { insertion, query } from '../store/query.ts';
import type { CardTables } from './tables.ts';

type Row = CardTables['readings'];

export const readingById = query<{ id: string }, Row>(
  'reading.byId',
  (db, arg) => db.selectFrom('readings').selectAll().where('id', '=', arg('id')),
  { hot: true },
);

export const addReading = insertion('reading.add', 'readings', [
  'id',
  'reader_id',
  'client',
  'kind',
  'made_at',
  'valid_until',
  'document_fingerprint',
  'content',
]);

export const expireReadings = query<{ before: number }>(
  'reading.expire',
  (db, arg) => db.deleteFrom('readings').where('valid_until', '<', arg('before')),
  { hot: true },
);
