import type { Kysely } from 'kysely';
import type { Compilable, Dialect, Query } from './query.ts';
import type { Tables } from './tables.ts';

/** What can be asked of committed rows, or inside a unit of work of the rows it has written so far. */
export interface Rows {
  one<A extends object, R>(query: Query<A, R>, args: A): Promise<R | undefined>;
  all<A extends object, R>(query: Query<A, R>, args: A): Promise<R[]>;
}

/**
 * One unit of work: all of it is committed, or none.
 *
 * - A unit only awaits its own statements, never a network or a timer: on SQLite all units in flight share one
 *   transaction, and one that dawdles holds up the rest. One that runs longer than `UNIT_TIME_LIMIT_MS` is undone,
 *   and its later statements are refused.
 * - A unit may be run again from the start, after a deadlock or a serialization failure on PostgreSQL: it changes
 *   nothing but rows, and what it gathers it gathers in variables of its own.
 * - A statement that fails fails its unit, even if the unit catches the error: PostgreSQL knows no other way. Catch
 *   a `ConstraintError` around `write`, not inside.
 */
export interface Unit extends Rows {
  /** Names the writer that commits this unit. Units of one lane never run at the same time. */
  readonly lane: string;
  /**
   * Stands for the transaction this unit is part of; another one after anything in it was undone. What a unit wrote
   * in this transaction may be remembered under it, and is forgotten with it.
   */
  readonly transaction: object;
  /** Runs a statement that changes rows; answers how many it changed. */
  run<A extends object>(query: Query<A, unknown>, args: A): Promise<number>;
}

/**
 * The store. `write` answers after the commit has reached the disk, and rejects with what the unit threw after
 * undoing all it wrote. Changes of state compare and set (`… where id = ? and version = ?`, one row changed), since
 * on PostgreSQL several gateways work on the same rows.
 *
 * What `write` rejects with, besides what the unit threw: `ConstraintError`; `UnknownCommitError`; a `Fault` with
 * `gateway.busy`, `gateway.stopping` or `gateway.store`, after which nothing has happened and the unit may be tried
 * again.
 */
export interface Store extends Rows {
  readonly dialect: Dialect;
  /** A query built for this call alone, such as a list with optional filters. Reads committed rows. */
  list<R>(build: (db: Kysely<Tables>) => Compilable): Promise<R[]>;
  write<T>(work: (unit: Unit) => Promise<T>): Promise<T>;
  /** Finishes what is under way and lets go of the file or the connections. */
  close(): Promise<void>;
}

/** A unit of work that awaits anything but its statements is a bug; this bounds the damage. */
export const UNIT_TIME_LIMIT_MS = 5_000;

/** Thrown for a broken unique, foreign key, check or not-null constraint, whatever the database calls it. */
export class ConstraintError extends Error {
  override name = 'ConstraintError';
}

/**
 * Thrown when the commit was sent and it can't be told whether it took effect: the disk failed while syncing it, or
 * the database went away and didn't come back to be asked. The caller must treat the unit as possibly done: repeat
 * only what is safe to repeat, under the same ids.
 */
export class UnknownCommitError extends Error {
  override name = 'UnknownCommitError';
}
