import { type Unit, UNIT_TIME_LIMIT_MS } from '../../../src/store/port.ts';
import type { Query } from '../../../src/store/query.ts';
import type { Connection } from './store.ts';

/** One commit syncs at most this many units, so that no request waits behind an endless batch. */
const UNITS_PER_COMMIT_MAX = 256;

/** Units waiting for a commit; past this the store answers that it is busy rather than grow. */
const UNITS_WAITING_MAX = 10_000;

interface Waiting {
  run(): Promise<() => void>;
  reject(error: unknown): void;
}

/**
 * Commits the units of all requests in flight together.
 *
 * idle ──write──► scheduled ──next turn──► committing ──queue empty──► idle
 *                                              └──more arrived──► scheduled
 *
 * Units run one after another, each in a savepoint of its own: one that throws is undone alone. Nobody is answered
 * before the commit; if the commit fails, everybody is refused.
 */
export class Batcher {
  readonly #connection: Connection;
  #queue: Waiting[] = [];
  #running: Promise<void> | undefined;
  #closed = false;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  write<T>(work: (unit: Unit) => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(new Error('the store is closed'));
    if (this.#queue.length >= UNITS_WAITING_MAX) return Promise.reject(new Error('the store is busy'));
    return new Promise<T>((resolve, reject) => {
      this.#queue.push({
        run: async () => {
          const value = await this.#inSavepoint(work);
          return () => resolve(value);
        },
        reject,
      });
      this.#running ??= this.#commitAll();
    });
  }

  /** Commits what waits and takes no more. */
  async drain(): Promise<void> {
    this.#closed = true;
    await this.#running;
  }

  async #commitAll(): Promise<void> {
    while (this.#queue.length > 0) {
      // Let every request that arrived in this turn join the batch.
      await new Promise(setImmediate);
      const batch = this.#queue.splice(0, UNITS_PER_COMMIT_MAX);
      await this.#commit(batch);
    }
    this.#running = undefined;
  }

  async #commit(batch: Waiting[]): Promise<void> {
    const { db } = this.#connection;
    const answers: (() => void)[] = [];
    const unanswered = new Set(batch);
    try {
      db.exec('begin immediate');
      for (const unit of batch) {
        try {
          answers.push(await unit.run());
        } catch (error) {
          if (!db.isTransaction) throw error;
          answers.push(() => unit.reject(error));
        }
      }
      db.exec('commit');
      unanswered.clear();
    } catch (error) {
      if (db.isTransaction) db.exec('rollback');
      for (const unit of unanswered) unit.reject(error);
      return;
    }
    for (const answer of answers) answer();
  }

  async #inSavepoint<T>(work: (unit: Unit) => Promise<T>): Promise<T> {
    const { db } = this.#connection;
    const unit = new SqliteUnit(this.#connection);
    let timer: NodeJS.Timeout | undefined;
    db.exec('savepoint unit');
    try {
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(reject, UNIT_TIME_LIMIT_MS, new Error('a unit of work ran too long'));
      });
      const value = await Promise.race([work(unit), late]);
      db.exec('release unit');
      return value;
    } catch (error) {
      if (db.isTransaction) db.exec('rollback to unit; release unit');
      throw error;
    } finally {
      clearTimeout(timer);
      unit.end();
    }
  }
}

class SqliteUnit implements Unit {
  readonly lane = 'sqlite';
  readonly #connection: Connection;
  #ended = false;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  end(): void {
    this.#ended = true;
  }

  async one<A extends object, R>(query: Query<A, R>, args: A): Promise<R | undefined> {
    return this.#open().one(query, args);
  }

  async all<A extends object, R>(query: Query<A, R>, args: A): Promise<R[]> {
    return this.#open().all(query, args);
  }

  async run<A extends object>(query: Query<A, unknown>, args: A): Promise<number> {
    return this.#open().run(query, args);
  }

  #open(): Connection {
    if (this.#ended) throw new Error('this unit of work has ended');
    return this.#connection;
  }
}
