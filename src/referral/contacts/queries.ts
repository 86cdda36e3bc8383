import { query } from '../../store/query.ts';
import type { ContactTables } from './tables.ts';

export type ContactRow = ContactTables['referral_contacts'];

/** The same once more changes nothing. */
export const insertContact = query<Pick<ContactRow, 'referral_id' | 'role' | 'name' | 'told' | 'told_at'>>(
  'contact.insert',
  (db, arg) =>
    db
      .insertInto('referral_contacts')
      .values({
        referral_id: arg('referral_id'),
        role: arg('role'),
        name: arg('name'),
        told: arg('told'),
        told_at: arg('told_at'),
        seen_at: null,
        seen_by: null,
      })
      .onConflict((conflict) => conflict.columns(['referral_id', 'role']).doNothing()),
);

export const contactsOf = query<{ referral_id: string }, ContactRow>(
  'contact.ofReferral',
  (db, arg) =>
    db
      .selectFrom('referral_contacts')
      .selectAll()
      .where('referral_id', '=', arg('referral_id'))
      .orderBy('told_at')
      .orderBy('role'),
  { hot: true },
);

/** Whoever sees it first is kept: changes no row where somebody was. */
export const markSeen = query<{ referral_id: string; role: string; seen_at: number; seen_by: Uint8Array }>(
  'contact.seen',
  (db, arg) =>
    db
      .updateTable('referral_contacts')
      .set({ seen_at: arg('seen_at'), seen_by: arg('seen_by') })
      .where('referral_id', '=', arg('referral_id'))
      .where('role', '=', arg('role'))
      .where('seen_at', 'is', null),
);
