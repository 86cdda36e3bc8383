import { insertion, query } from '../../store/query.ts';
import type { AccessTables } from '../tables.ts';

export type UserRow = AccessTables['users'];
export type SessionRow = AccessTables['sessions'];

export const insertUser = insertion('user.insert', 'users', [
  'name',
  'display_name',
  'password_hash',
  'roles',
  'state',
  'must_change',
  'version',
  'created_at',
  'updated_at',
]);

export const userByName = query<{ name: string }, UserRow>(
  'user.byName',
  (db, arg) => db.selectFrom('users').selectAll().where('name', '=', arg('name')),
  { hot: true },
);

export const usersAfter = query<{ after: string; limit: number }, UserRow>('user.after', (db, arg) =>
  db.selectFrom('users').selectAll().where('name', '>', arg('after')).orderBy('name').limit(arg('limit')),
);

export const updateUser = query<
  Pick<
    UserRow,
    'name' | 'display_name' | 'password_hash' | 'roles' | 'state' | 'must_change' | 'version' | 'updated_at'
  >
>('user.update', (db, arg) =>
  db
    .updateTable('users')
    .set((eb) => ({
      display_name: arg('display_name'),
      password_hash: arg('password_hash'),
      roles: arg('roles'),
      state: arg('state'),
      must_change: arg('must_change'),
      version: eb('version', '+', 1),
      updated_at: arg('updated_at'),
    }))
    .where('name', '=', arg('name'))
    .where('version', '=', arg('version')),
);

export const insertSession = insertion('session.insert', 'sessions', [
  'id',
  'user_name',
  'created_at',
  'seen_at',
  'expires_at',
]);

export type LiveSession = Pick<SessionRow, 'id' | 'seen_at' | 'expires_at'> & UserRow;

/** A session and whose it is. */
export const sessionById = query<{ id: string }, LiveSession>(
  'session.byId',
  (db, arg) =>
    db
      .selectFrom('sessions')
      .innerJoin('users', 'users.name', 'sessions.user_name')
      .selectAll('users')
      .select(['sessions.id', 'sessions.seen_at', 'sessions.expires_at'])
      .where('sessions.id', '=', arg('id')),
  { hot: true },
);

export const seeSession = query<{ id: string; now: number }>('session.see', (db, arg) =>
  db
    .updateTable('sessions')
    .set({ seen_at: arg('now') })
    .where('id', '=', arg('id')),
);

export const endSession = query<{ id: string }>('session.end', (db, arg) =>
  db.deleteFrom('sessions').where('id', '=', arg('id')),
);

/** Ends a user's sessions, all but one. */
export const endSessionsOf = query<{ name: string; but: string }>('session.endOf', (db, arg) =>
  db.deleteFrom('sessions').where('user_name', '=', arg('name')).where('id', '!=', arg('but')),
);

export const expireSessions = query<{ expired: number; idle: number }>('session.expire', (db, arg) =>
  db
    .deleteFrom('sessions')
    .where((eb) => eb.or([eb('expires_at', '<=', arg('expired')), eb('seen_at', '<=', arg('idle'))])),
);
