import type { SQLInputValue } from 'node:sqlite';
import { Fault } from '../../../src/errors.ts';
import { migrate } from '../../../src/store/migrate.ts';
import type { Store, Unit } from '../../../src/store/port.ts';
import { compileOnce, type Query } from '../../../src/store/query.ts';
import { Batcher } from './batcher.ts';
import { Checkpointer } from './checkpointer.ts';
import { Connection } from './connection.ts';
import { lockFile } from './lock.ts';
import { kyselyOver } from './migrations.ts';

/**
 * Opens the store on one SQLite file: WAL, every commit synced to disk, the units of all requests in flight
 * committed together. Reads go through a connection of their own, so they see committed rows only.
 */
export async function openSqliteStore(file: string): Promise<Store> {
  const unlock = lockFile(file);
  const opened: Connection[] = [];
  try {
    const writer = new Connection(file);
    opened.push(writer);
    await migrate(kyselyOver(writer.db), 'sqlite');
    const reader = new Connection(file);
    opened.push(reader);
    reader.db.exec('pragma query_only = on');
    return new SqliteStore(writer, reader, unlock);
  } catch (error) {
    for (const connection of opened) connection.close();
    unlock();
    throw error;
  }
}

class SqliteStore implements Store {
  readonly dialect = 'sqlite';
  readonly #batcher: Batcher;
  readonly #writer: Connection;
  readonly #reader: Connection;
  readonly #checkpointer: Checkpointer;
  readonly #unlock: () => void;
  #closing: Promise<void> | undefined;

  constructor(writer: Connection, reader: Connection, unlock: () => void) {
    this.#writer = writer;
    this.#reader = reader;
    this.#unlock = unlock;
    this.#checkpointer = new Checkpointer(writer.db.location() ?? '');
    this.#batcher = new Batcher(writer, () => this.#checkpointer.look());
  }

  async one<A extends object, R>(query: Query<A, R>, args: A): Promise<R | undefined> {
    return this.#onDisk(this.#open().one(query, args));
  }

  async all<A extends object, R>(query: Query<A, R>, args: A): Promise<R[]> {
    return this.#onDisk(this.#open().all(query, args));
  }

  async list<R>(build: Parameters<Store['list']>[0]): Promise<R[]> {
    const { sql, parameters } = compileOnce(build, 'sqlite');
    const rows = this.#open()
      .db.prepare(sql)
      .all(...(parameters as SQLInputValue[]));
    return this.#onDisk(rows as R[]);
  }

  write<T>(work: (unit: Unit) => Promise<T>): Promise<T> {
    return this.#batcher.write(work);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#batcher.drain();
    await this.#checkpointer.close();
    this.#reader.close();
    this.#writer.close();
    this.#unlock();
  }

  /** What was read, once it can't be lost any more: a commit can be seen a moment before its sync is over. */
  async #onDisk<T>(read: T): Promise<T> {
    await this.#batcher.syncing;
    return read;
  }

  #open(): Connection {
    if (this.#closing) throw new Fault('gateway.stopping');
    return this.#reader;
  }
}
