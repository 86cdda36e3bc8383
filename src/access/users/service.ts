import { hash } from 'node:crypto';
import type { ChangeUser, CreateUser, NewPassword } from '../../../schemas/user.ts';
import type { Role } from '../../../schemas/user-words.ts';
import type { Clock, Ids } from '../../clock.ts';
import { Fault } from '../../errors.ts';
import { ConstraintError, type Store, type Unit } from '../../store/port.ts';
import type { AuditTrail } from '../audit.ts';
import { type Caller, USER_PREFIX } from '../caller.ts';
import type { Scope } from '../clients.ts';
import { Failures } from './failures.ts';
import { flawOf, type Passwords } from './passwords.ts';
import {
  endSession,
  endSessionsOf,
  expireSessions,
  insertSession,
  insertUser,
  type LiveSession,
  seeSession,
  sessionById,
  type UserRow,
  updateUser,
  userByName,
  usersAfter,
} from './queries.ts';

/** A working day; and a pause after which somebody else may sit at the desk. */
export const SESSION_MS = 12 * 3_600_000;
export const IDLE_MS = 30 * 60_000;

/** How exactly it is known when a session was last used. */
const SEEN_EVERY_MS = 60_000;

const TOKEN_BYTES = 32;

export interface UserParts {
  readonly store: Store;
  readonly audit: AuditTrail;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly passwords: Passwords;
  /** What every user may do besides what the roles say; only the sandbox gives any. */
  readonly everybodyMay?: readonly Scope[] | undefined;
}

/** People who use the pages: who they are, and where they are signed in. */
export class UserService {
  readonly #parts: UserParts;
  readonly #failures = new Failures();

  constructor(parts: UserParts) {
    this.#parts = parts;
  }

  get everybodyMay(): readonly Scope[] {
    return this.#parts.everybodyMay ?? [];
  }

  async create(by: Caller, user: CreateUser): Promise<UserRow> {
    const { name, displayName, roles, password, mustChangePassword = true } = user;
    const now = this.#parts.clock.now();
    const row: UserRow = {
      name,
      display_name: displayName,
      password_hash: await this.#newHash(password, name),
      roles: JSON.stringify(roles),
      state: 'active',
      must_change: mustChangePassword ? 1 : 0,
      version: 1,
      created_at: now,
      updated_at: now,
    };
    try {
      await this.#parts.store.write(async (unit) => {
        await unit.run(insertUser, row);
        await this.#note(unit, by, 'create', name, { roles: roles.join(' ') });
      });
    } catch (error) {
      if (error instanceof ConstraintError) throw new Fault('user.exists');
      throw error;
    }
    return row;
  }

  list(after: string, limit: number): Promise<UserRow[]> {
    return this.#parts.store.all(usersAfter, { after, limit });
  }

  async get(name: string): Promise<UserRow> {
    const row = await this.#parts.store.one(userByName, { name });
    if (!row) throw new Fault('user.not-found');
    return row;
  }

  /** Changes a user. Who is disabled, or given another password, is signed out everywhere. */
  async change(by: Caller, name: string, version: number | undefined, change: ChangeUser): Promise<UserRow> {
    const { displayName, roles, state, password } = change;
    const password_hash = password === undefined ? undefined : await this.#newHash(password, name);
    return this.#parts.store.write(async (unit) => {
      const row = await unit.one(userByName, { name });
      if (!row) throw new Fault('user.not-found');
      const changed: UserRow = {
        ...row,
        ...(displayName === undefined ? {} : { display_name: displayName }),
        ...(roles === undefined ? {} : { roles: JSON.stringify(roles) }),
        ...(state === undefined ? {} : { state }),
        ...(password_hash === undefined ? {} : { password_hash, must_change: 1 }),
        updated_at: this.#parts.clock.now(),
      };
      if (version !== undefined && version !== row.version) throw new Fault('request.version');
      if ((await unit.run(updateUser, changed)) === 0) throw new Fault('request.version');
      if (state === 'disabled' || password !== undefined) await unit.run(endSessionsOf, { name, but: '' });
      await this.#note(unit, by, 'change', name, { what: Object.keys(change).sort().join(' ') });
      if (password !== undefined) this.#failures.forget(name);
      return { ...changed, version: row.version + 1 };
    });
  }

  /**
   * Signs somebody in. Answers the token for the cookie, which is kept nowhere, and the session. Faults
   * `access.sign-in`, whatever was wrong, and `access.locked`.
   */
  async signIn(
    { name, password }: { name: string; password: string },
    requestId: string,
  ): Promise<{ token: string; session: LiveSession }> {
    const { store, clock, ids } = this.#parts;
    this.#countTry(name);
    const user = await store.one(userByName, { name });
    const right = await this.#parts.passwords.matches(password, user?.password_hash);
    if (!user || !right || user.state !== 'active') {
      const by = { client: USER_PREFIX, requestId };
      // Only names that exist are written down: people type their password where the name goes.
      await store.write((unit) => this.#note(unit, by, 'sign-in-refused', user?.name ?? 'unknown'));
      throw new Fault('access.sign-in');
    }
    this.#failures.forget(name);
    const token = ids.bytes(TOKEN_BYTES).toString('base64url');
    const now = clock.now();
    const row = {
      id: idOf(token),
      user_name: name,
      created_at: now,
      seen_at: now,
      expires_at: now + SESSION_MS,
    };
    await store.write(async (unit) => {
      await unit.run(insertSession, row);
      await this.#note(unit, { client: USER_PREFIX + name, requestId }, 'sign-in', name);
    });
    return { token, session: { ...user, ...row } };
  }

  /** The session of a token, if it still holds. */
  async sessionOf(token: string): Promise<LiveSession | undefined> {
    const { store, clock } = this.#parts;
    const session = await store.one(sessionById, { id: idOf(token) });
    const now = clock.now();
    if (session?.state !== 'active' || session.expires_at <= now || session.seen_at + IDLE_MS <= now)
      return undefined;
    if (now - session.seen_at >= SEEN_EVERY_MS)
      await store.write((unit) => unit.run(seeSession, { id: session.id, now }));
    return session;
  }

  async signOut(session: LiveSession, requestId: string): Promise<void> {
    await this.#parts.store.write(async (unit) => {
      await unit.run(endSession, { id: session.id });
      await this.#note(unit, { client: USER_PREFIX + session.name, requestId }, 'sign-out', session.name);
    });
  }

  /** Takes a user's own new password, and signs the user out everywhere else. */
  async changePassword(session: LiveSession, change: NewPassword, requestId: string): Promise<void> {
    const { store, clock } = this.#parts;
    const { name } = session;
    this.#countTry(name);
    const { password_hash: known } = await this.get(name);
    if (!(await this.#parts.passwords.matches(change.oldPassword, known))) throw new Fault('access.sign-in');
    this.#failures.forget(name);
    if (change.newPassword === change.oldPassword)
      throw new Fault('access.weak-password', { detail: 'another one than before' });
    const password_hash = await this.#newHash(change.newPassword, name);
    await store.write(async (unit) => {
      const row = await unit.one(userByName, { name });
      if (row?.password_hash !== known) throw new Fault('request.version');
      await unit.run(updateUser, { ...row, password_hash, must_change: 0, updated_at: clock.now() });
      await unit.run(endSessionsOf, { name, but: session.id });
      await this.#note(unit, { client: USER_PREFIX + name, requestId }, 'change', name, { what: 'password' });
    });
  }

  /** Forgets sessions that have run out. */
  async expire(): Promise<void> {
    const now = this.#parts.clock.now();
    await this.#parts.store.write((unit) => unit.run(expireSessions, { expired: now, idle: now - IDLE_MS }));
  }

  /** Counts a password before it is looked at, so that a hundred guesses at once are a hundred. */
  #countTry(name: string): void {
    const now = this.#parts.clock.now();
    const waitMs = this.#failures.waitMs(name, now);
    if (waitMs > 0) throw new Fault('access.locked', { retryAfterS: Math.ceil(waitMs / 1000) });
    this.#failures.add(name, now);
  }

  async #newHash(password: string, name: string): Promise<string> {
    const flaw = flawOf(password, name);
    if (flaw !== undefined) throw new Fault('access.weak-password', { detail: flaw });
    return this.#parts.passwords.hashOf(password);
  }

  #note(
    unit: Unit,
    { client, requestId }: Caller,
    act: string,
    subject: string,
    detail: Record<string, string> = {},
  ): Promise<void> {
    return this.#parts.audit.add(unit, { client, requestId, act, kind: 'user', subject, detail });
  }
}

export function rolesOf({ roles }: Pick<UserRow, 'roles'>): Role[] {
  return JSON.parse(roles) as Role[];
}

/** A token has 256 random bits; only its hash is stored. */
function idOf(token: string): string {
  return hash('sha256', token, 'base64url');
}
