import type { Unit } from '../../../src/store/port.ts';
import type { Query } from '../../../src/store/query.ts';
import type { Connection } from './connection.ts';

/** The statements of one unit of work. After the first that fails, and after the unit's end, it runs no more. */
export class SqliteUnit implements Unit {
  readonly lane = 'sqlite';
  readonly transaction: object;
  readonly #connection: Connection;
  #refusal: { readonly error: unknown } | undefined;
  #ended = false;

  constructor(connection: Connection, transaction: object) {
    this.#connection = connection;
    this.transaction = transaction;
  }

  /** Throws what a statement failed with, if one did. */
  assertWhole(): void {
    if (this.#refusal) throw this.#refusal.error;
  }

  end(): void {
    this.#ended = true;
  }

  async one<A extends object, R>(query: Query<A, R>, args: A): Promise<R | undefined> {
    return this.#attempt(() => this.#connection.one(query, args));
  }

  async all<A extends object, R>(query: Query<A, R>, args: A): Promise<R[]> {
    return this.#attempt(() => this.#connection.all(query, args));
  }

  async run<A extends object>(query: Query<A, unknown>, args: A): Promise<number> {
    return this.#attempt(() => this.#connection.run(query, args));
  }

  #attempt<T>(statement: () => T): T {
    if (this.#ended) throw new Error('this unit of work has ended');
    this.assertWhole();
    try {
      return statement();
    } catch (error) {
      // A full disk makes SQLite undo the whole transaction: whatever ran next would be committed on its own.
      this.#refusal = { error };
      throw error;
    }
  }
}
