import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { ConstraintError } from '../../../src/store/port.ts';
import type { Query } from '../../../src/store/query.ts';
import { LogSync } from './log-sync.ts';

/** Wait for a lock this long before giving up: only a backup or a checkpoint ever holds one. */
const BUSY_TIMEOUT_MS = 5_000;

/** The write-ahead log is cut back to this after a checkpoint, so that one busy day doesn't fill the disk for ever. */
const LOG_BYTES_KEPT = 64 * 1_048_576;

/** Pages of the log from which the writer makes a checkpoint by itself and begins the log anew: 32 MB. */
const LOG_PAGES = 8_192;

/** Primary result codes of SQLite: the low byte of every extended code. */
export const SQLITE_BUSY = 5;
export const SQLITE_IOERR = 10;
const SQLITE_CONSTRAINT = 19;

/** The primary result code of an error that SQLite raised. */
export function sqliteCode(error: unknown): number | undefined {
  const code = (error as { errcode?: unknown } | null)?.errcode;
  return typeof code === 'number' ? code & 0xff : undefined;
}

/** A connection with its prepared statements. */
export class Connection {
  readonly db: DatabaseSync;
  readonly #statements = new Map<unknown, StatementSync>();
  readonly #log: LogSync;

  constructor(file: string) {
    this.db = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
    this.db.exec('pragma journal_mode = wal');
    // A commit is synced by `sync`, off this thread; what SQLite syncs by itself are its checkpoints.
    this.db.exec('pragma synchronous = normal');
    this.db.exec('pragma foreign_keys = on');
    this.db.exec('pragma temp_store = memory');
    this.db.exec(`pragma wal_autocheckpoint = ${LOG_PAGES}`);
    this.db.exec(`pragma journal_size_limit = ${LOG_BYTES_KEPT}`);
    this.#log = new LogSync(this.db.location());
  }

  /** Resolves when everything committed so far has reached the disk. */
  sync(): Promise<void> {
    return this.#log.sync();
  }

  close(): void {
    this.#log.close();
    this.db.close();
  }

  all<A extends object, R>(query: Query<A, R>, args: A): R[] {
    const { sql, bind } = query.statement('sqlite');
    const values = bind(args) as SQLInputValue[];
    return attempt(() => this.#prepared(query, sql).all(...values)) as R[];
  }

  one<A extends object, R>(query: Query<A, R>, args: A): R | undefined {
    const { sql, bind } = query.statement('sqlite');
    const values = bind(args) as SQLInputValue[];
    return attempt(() => this.#prepared(query, sql).get(...values)) as R | undefined;
  }

  run<A extends object>(query: Query<A, unknown>, args: A): number {
    const { sql, bind } = query.statement('sqlite');
    const values = bind(args) as SQLInputValue[];
    return Number(attempt(() => this.#prepared(query, sql).run(...values)).changes);
  }

  #prepared(query: object, sql: string): StatementSync {
    let statement = this.#statements.get(query);
    if (!statement) {
      statement = this.db.prepare(sql);
      this.#statements.set(query, statement);
    }
    return statement;
  }
}

function attempt<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (sqliteCode(error) === SQLITE_CONSTRAINT) throw new ConstraintError((error as Error).message);
    throw error;
  }
}
