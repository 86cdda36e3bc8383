import type { Kysely } from 'kysely';
import { Connection } from '../../../adapters/stores/sqlite/connection.ts';
import { kyselyOver } from '../../../adapters/stores/sqlite/migrations.ts';
import { SqliteUnit } from '../../../adapters/stores/sqlite/unit.ts';
import { Fault } from '../../../src/errors.ts';
import { migrate } from '../../../src/store/migrate.ts';
import { type Store, type Unit, UnknownCommitError } from '../../../src/store/port.ts';
import { type Compilable, compileOnce, type Query } from '../../../src/store/query.ts';
import type { Tables } from '../../../src/store/tables.ts';
import type { Chance } from '../../end-to-end/random.ts';
import type { Life } from './schedule.ts';

const WRITTEN = ['requests', 'audit', 'settlement_history', 'exchanges', 'legs', 'settlements'];

/** What outlives the processes: the real tables and statements on SQLite, in memory. One history at a time. */
export class Disk {
  readonly #connection: Connection;
  #busy = false;

  private constructor(connection: Connection) {
    this.#connection = connection;
  }

  static async open(): Promise<Disk> {
    const connection = new Connection(':memory:');
    await migrate(kyselyOver(connection.db), 'sqlite');
    return new Disk(connection);
  }

  /** As new, for the next history. */
  clear(): void {
    this.lose();
    for (const table of WRITTEN) this.#connection.db.exec(`delete from ${table}`);
  }

  one<A extends object, R>(query: Query<A, R>, args: A): R | undefined {
    return this.#connection.one(query, args);
  }

  all<A extends object, R>(query: Query<A, R>, args: A): R[] {
    return this.#connection.all(query, args);
  }

  list<R>(build: (db: Kysely<Tables>) => Compilable): R[] {
    const { sql, parameters } = compileOnce(build, 'sqlite');
    return this.#connection.db.prepare(sql).all(...(parameters as string[])) as R[];
  }

  /** Runs one unit of work: all of it is kept, or none. */
  async commit<T>(work: (unit: Unit) => Promise<T>, keep: boolean): Promise<T> {
    try {
      return await this.gather(work, keep);
    } finally {
      this.flush();
    }
  }

  /** Runs one unit of work that everybody sees, and that is lost unless a `flush` follows. */
  async gather<T>(work: (unit: Unit) => Promise<T>, keep: boolean): Promise<T> {
    if (this.#busy) throw new Error('a unit of work awaited something other than its statements');
    this.#busy = true;
    const { db } = this.#connection;
    if (!db.isTransaction) db.exec('begin');
    db.exec('savepoint unit');
    const unit = new SqliteUnit(this.#connection, {});
    try {
      const value = await work(unit);
      unit.assertWhole();
      if (!keep) db.exec('rollback to unit');
      return value;
    } catch (error) {
      db.exec('rollback to unit');
      throw error;
    } finally {
      db.exec('release unit');
      unit.end();
      this.#busy = false;
    }
  }

  flush(): void {
    if (this.#connection.db.isTransaction) this.#connection.db.exec('commit');
  }

  /** Forgets what was gathered since the last `flush`. */
  lose(): void {
    if (this.#connection.db.isTransaction) this.#connection.db.exec('rollback');
  }
}

/** How long a broken store commits after it has answered. */
const HASTE_MAX_MS = 400;

/** How the disk treats one unit of work. */
export type DiskTrouble = 'full' | 'unknown-commit' | 'run-again' | undefined;

export interface ProcessStoreParts {
  readonly disk: Disk;
  readonly life: Life;
  readonly chance: Chance;
  readonly trouble: () => DiskTrouble;
  /** Runs before each step; the process may die in it. */
  readonly step: () => void;
  /** A broken store: answers before the commit is made. */
  readonly hasty: boolean;
}

/**
 * The store as one life of a process sees it. Each statement outside a unit and each unit is a happening of its own,
 * and what it came to is told in another: the process may die, or others may act, before, between and after.
 */
export class ProcessStore implements Store {
  readonly dialect = 'sqlite';
  readonly #parts: ProcessStoreParts;
  /** The disk failed in a commit: like the real store on SQLite, it writes nothing more until it is opened again. */
  #broken = false;

  constructor(parts: ProcessStoreParts) {
    this.#parts = parts;
  }

  one<A extends object, R>(query: Query<A, R>, args: A): Promise<R | undefined> {
    return this.#read(() => this.#parts.disk.one(query, args));
  }

  all<A extends object, R>(query: Query<A, R>, args: A): Promise<R[]> {
    return this.#read(() => this.#parts.disk.all(query, args));
  }

  list<R>(build: (db: Kysely<Tables>) => Compilable): Promise<R[]> {
    return this.#read(() => this.#parts.disk.list<R>(build));
  }

  write<T>(work: (unit: Unit) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#later(() => {
        this.#commit(work, (value) => this.#later(() => resolve(value))).catch((error: unknown) =>
          this.#later(() => reject(error)),
        );
      });
    });
  }

  async close(): Promise<void> {}

  async #commit<T>(work: (unit: Unit) => Promise<T>, tell: (value: T) => void): Promise<void> {
    const { disk, life, trouble, hasty, chance } = this.#parts;
    if (this.#broken) throw new Fault('gateway.store');
    const kind = trouble();
    if (kind === 'run-again') await disk.commit(work, false);
    if (kind === 'full') {
      await disk.commit(work, false);
      throw new Fault('gateway.store');
    }
    if (kind === 'unknown-commit') {
      this.#broken = true;
      await disk.commit(work, chance.next() < 0.5);
      throw new UnknownCommitError('the disk failed during the commit');
    }
    if (!hasty) return tell(await disk.commit(work, true));
    const forget = life.onDeath(() => disk.lose());
    tell(await disk.gather(work, true));
    life.after(chance.between(0, HASTE_MAX_MS), () => {
      forget();
      disk.flush();
    });
  }

  #read<T>(read: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#later(() => {
        try {
          resolve(read());
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  #later(work: () => void): void {
    const { life, chance, step } = this.#parts;
    life.after(chance.between(0, 3), () => {
      step();
      if (life.alive) work();
    });
  }
}
