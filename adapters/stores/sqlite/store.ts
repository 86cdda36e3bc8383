import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { Kysely, SqliteDialect } from 'kysely';
import { migrate } from '../../../src/store/migrate.ts';
import { ConstraintError, type Store, type Unit } from '../../../src/store/port.ts';
import { compileOnce, type Query } from '../../../src/store/query.ts';
import { Batcher } from './batcher.ts';
import { lockFile } from './lock.ts';

/** Wait for a lock this long before giving up: only a backup or a checkpoint ever holds one. */
const BUSY_TIMEOUT_MS = 5_000;

/**
 * Opens the store on one SQLite file: WAL, every commit synced to disk, the units of all requests in flight
 * committed together. Reads go through a connection of their own, so they see committed rows only.
 */
export async function openSqliteStore(file: string): Promise<Store> {
  mkdirSync(dirname(file), { recursive: true });
  const unlock = lockFile(file);
  try {
    const writer = connect(file);
    await migrate(kyselyOver(writer), 'sqlite');
    const reader = connect(file);
    reader.exec('pragma query_only = on');
    return new SqliteStore(new Connection(writer), new Connection(reader), unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

function connect(file: string): DatabaseSync {
  const db = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
  db.exec('pragma journal_mode = wal');
  db.exec('pragma synchronous = full');
  db.exec('pragma foreign_keys = on');
  return db;
}

/** Kysely on node:sqlite, for the migrations alone. */
export function kyselyOver(db: DatabaseSync): Kysely<unknown> {
  return new Kysely<unknown>({
    dialect: new SqliteDialect({
      database: {
        close: () => undefined,
        prepare(text) {
          const statement = db.prepare(text);
          return {
            reader: statement.columns().length > 0,
            all: (parameters) => statement.all(...(parameters as SQLInputValue[])),
            run: (parameters) => statement.run(...(parameters as SQLInputValue[])),
            iterate: (parameters) => statement.iterate(...(parameters as SQLInputValue[])),
          };
        },
      },
    }),
  });
}

/** A connection with its prepared statements. */
export class Connection {
  readonly db: DatabaseSync;
  readonly #statements = new Map<unknown, StatementSync>();

  constructor(db: DatabaseSync) {
    this.db = db;
  }

  all<A extends object, R>(query: Query<A, R>, args: A): R[] {
    const { statement, values } = this.#prepare(query, args);
    return attempt(() => statement.all(...values)) as R[];
  }

  one<A extends object, R>(query: Query<A, R>, args: A): R | undefined {
    const { statement, values } = this.#prepare(query, args);
    return attempt(() => statement.get(...values)) as R | undefined;
  }

  run<A extends object>(query: Query<A, unknown>, args: A): number {
    const { statement, values } = this.#prepare(query, args);
    return Number(attempt(() => statement.run(...values)).changes);
  }

  #prepare<A extends object>(query: Query<A, unknown>, args: A) {
    const { sql, bind } = query.statement('sqlite');
    let statement = this.#statements.get(query);
    if (!statement) {
      statement = this.db.prepare(sql);
      this.#statements.set(query, statement);
    }
    return { statement, values: bind(args) as SQLInputValue[] };
  }
}

/** SQLITE_CONSTRAINT: the low byte of every extended code of a broken constraint. */
const SQLITE_CONSTRAINT = 19;

function attempt<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = (error as { errcode?: number }).errcode;
    if (code !== undefined && (code & 0xff) === SQLITE_CONSTRAINT) {
      throw new ConstraintError((error as Error).message);
    }
    throw error;
  }
}

class SqliteStore implements Store {
  readonly dialect = 'sqlite';
  readonly #batcher: Batcher;
  readonly #writer: Connection;
  readonly #reader: Connection;
  readonly #unlock: () => void;
  #closed = false;

  constructor(writer: Connection, reader: Connection, unlock: () => void) {
    this.#writer = writer;
    this.#reader = reader;
    this.#unlock = unlock;
    this.#batcher = new Batcher(writer);
  }

  async one<A extends object, R>(query: Query<A, R>, args: A): Promise<R | undefined> {
    return this.#reader.one(query, args);
  }

  async all<A extends object, R>(query: Query<A, R>, args: A): Promise<R[]> {
    return this.#reader.all(query, args);
  }

  async list<R>(build: Parameters<Store['list']>[0]): Promise<R[]> {
    const { sql, parameters } = compileOnce(build, 'sqlite');
    return this.#reader.db.prepare(sql).all(...(parameters as SQLInputValue[])) as R[];
  }

  write<T>(work: (unit: Unit) => Promise<T>): Promise<T> {
    return this.#batcher.write(work);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#batcher.drain();
    this.#reader.db.close();
    this.#writer.db.close();
    this.#unlock();
  }
}
