import { insertion, query } from '../store/query.ts';
import type { ReferralTables } from './tables.ts';

/** Messages that arrived before the one they follow. */
export type WaitingRow = ReferralTables['referral_waiting'];

type WaitingKey = Pick<WaitingRow, 'peer' | 'case_id' | 'who' | 'seq'>;

export const insertWaiting = insertion('referral.insertWaiting', 'referral_waiting', [
  'peer',
  'case_id',
  'who',
  'seq',
  'message_id',
  'correlation_id',
  'body',
  'received_at',
]);

export const waitingRow = query<WaitingKey, WaitingRow>(
  'referral.waiting',
  (db, arg) =>
    db
      .selectFrom('referral_waiting')
      .selectAll()
      .where('peer', '=', arg('peer'))
      .where('case_id', '=', arg('case_id'))
      .where('who', '=', arg('who'))
      .where('seq', '=', arg('seq')),
  { hot: true },
);

export const deleteWaiting = query<WaitingKey>('referral.deleteWaiting', (db, arg) =>
  db
    .deleteFrom('referral_waiting')
    .where('peer', '=', arg('peer'))
    .where('case_id', '=', arg('case_id'))
    .where('who', '=', arg('who'))
    .where('seq', '=', arg('seq')),
);

export const waitingCount = query<{ peer: string }, { count: number }>('referral.waitingCount', (db, arg) =>
  db
    .selectFrom('referral_waiting')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('peer', '=', arg('peer')),
);
