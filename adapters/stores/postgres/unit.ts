import type { ClientBase } from 'pg';
import type { Unit } from '../../../src/store/port.ts';
import type { Query } from '../../../src/store/query.ts';
import { failureOf } from './failure.ts';

/** The statements of one unit of work. After the first that fails, and after the unit's end, it runs no more. */
export class PostgresUnit implements Unit {
  readonly lane: string;
  /** Each unit is a transaction of its own here. */
  readonly transaction: object = {};
  readonly #client: ClientBase;
  #refusal: Error | undefined;

  constructor(client: ClientBase, lane: string) {
    this.#client = client;
    this.lane = lane;
  }

  /** What a statement failed with, if one did. */
  get failure(): Error | undefined {
    return this.#refusal;
  }

  end(): void {
    this.#refusal = new Error('this unit of work has ended');
  }

  async one<A extends object, R>(query: Query<A, R>, args: A): Promise<R | undefined> {
    return (await this.#query<R>(query, args)).rows[0];
  }

  async all<A extends object, R>(query: Query<A, R>, args: A): Promise<R[]> {
    return (await this.#query<R>(query, args)).rows;
  }

  async run<A extends object>(query: Query<A, unknown>, args: A): Promise<number> {
    return (await this.#query(query, args)).rowCount ?? 0;
  }

  async #query<R>(
    query: Query<object, unknown>,
    args: object,
  ): Promise<{ rows: R[]; rowCount: number | null }> {
    if (this.#refusal) throw this.#refusal;
    let statement: Promise<{ rows: unknown[]; rowCount: number | null }>;
    try {
      const { sql, bind } = query.statement('postgres');
      statement = this.#client.query({ name: query.name, text: sql, values: bind(args) });
    } catch (error) {
      this.#refusal = error as Error;
      throw error;
    }
    try {
      return (await statement) as { rows: R[]; rowCount: number | null };
    } catch (error) {
      this.#refusal ??= failureOf(error);
      throw this.#refusal;
    }
  }
}
