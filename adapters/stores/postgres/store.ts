import { Kysely, PostgresDialect } from 'kysely';
import type { Pool } from 'pg';
import { Fault } from '../../../src/errors.ts';
import { migrate } from '../../../src/store/migrate.ts';
import type { Store, Unit } from '../../../src/store/port.ts';
import { compileOnce, type Query } from '../../../src/store/query.ts';
import { failureOf, LostRace } from './failure.ts';
import { type Lanes, openMigrationPool, openPool } from './pool.ts';
import { runTransaction } from './transaction.ts';

const CONNECTIONS_MAX_DEFAULT = 10;

/** A unit that lost a race is run this often before its caller is told to come back later. */
const ATTEMPTS_MAX = 5;

export interface PostgresOptions {
  /** postgres://user:password@host:port/database; PostgreSQL 13 or later, with session pooling if any. */
  readonly url: string;
  readonly connectionsMax?: number;
}

/**
 * Opens the store on a PostgreSQL database that several gateways may share: one unit of work is one transaction on
 * a connection of its own, every query is prepared under its name.
 */
export async function openPostgresStore(options: PostgresOptions): Promise<Store> {
  await bringUpToDate(options.url);
  const { pool, lanes } = openPool(options.url, options.connectionsMax ?? CONNECTIONS_MAX_DEFAULT);
  return new PostgresStore(pool, lanes);
}

async function bringUpToDate(url: string): Promise<void> {
  const pool = openMigrationPool(url);
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  try {
    await assertUsable(pool, url);
    await migrate(db, 'postgres');
  } finally {
    await db.destroy();
  }
}

const VERSION_MIN = 130_000;

/** Throws with the database's place, for the person at the machine, when it can't be used. */
async function assertUsable(pool: Pool, url: string): Promise<void> {
  const text = `select current_setting('server_version_num')::int as version,
                       current_setting('server_encoding') as encoding`;
  const { rows } = await pool.query<{ version: number; encoding: string }>(text).catch((error) => {
    const reason = (error as Error).message || String(error);
    throw new Error(`连接不上数据库 / the database cannot be reached: ${placeOf(url)}: ${reason}`, {
      cause: error,
    });
  });
  const { version, encoding } = rows[0]!;
  if (version >= VERSION_MIN && encoding === 'UTF8') return;
  throw new Error(
    `数据库须为 PostgreSQL 13 以上、UTF8 编码 / the database must be PostgreSQL 13 or later, encoded in UTF8: ${placeOf(url)}`,
  );
}

/** Where the database is, without the password. */
function placeOf(url: string): string {
  if (!URL.canParse(url)) return '?';
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}

interface Rows {
  readonly rows: unknown[];
}

class PostgresStore implements Store {
  readonly dialect = 'postgres';
  readonly #pool: Pool;
  readonly #lanes: Lanes;
  readonly #writing = new Set<Promise<unknown>>();
  #closing: Promise<void> | undefined;

  constructor(pool: Pool, lanes: Lanes) {
    this.#pool = pool;
    this.#lanes = lanes;
  }

  async one<A extends object, R>(query: Query<A, R>, args: A): Promise<R | undefined> {
    return (await this.all(query, args))[0];
  }

  async all<A extends object, R>(query: Query<A, R>, args: A): Promise<R[]> {
    const { sql, bind } = query.statement('postgres');
    const values = bind(args);
    return (await this.#read({ name: query.name, text: sql, values })) as R[];
  }

  async list<R>(build: Parameters<Store['list']>[0]): Promise<R[]> {
    const { sql, parameters } = compileOnce(build, 'postgres');
    return (await this.#read({ text: sql, values: [...parameters] })) as R[];
  }

  async write<T>(work: (unit: Unit) => Promise<T>): Promise<T> {
    if (this.#closing) throw new Fault('gateway.stopping');
    const writing = this.#again(() => runTransaction(this.#pool, this.#lanes, work));
    this.#writing.add(writing);
    try {
      return await writing;
    } finally {
      this.#writing.delete(writing);
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await Promise.allSettled(this.#writing);
    await this.#pool.end();
  }

  async #read(query: { name?: string; text: string; values: unknown[] }): Promise<unknown[]> {
    if (this.#closing) throw new Fault('gateway.stopping');
    const answer = await this.#again<Rows>(() =>
      this.#pool.query(query).catch((error) => {
        throw failureOf(error);
      }),
    );
    return answer.rows;
  }

  async #again<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof LostRace)) throw error;
        if (attempt === ATTEMPTS_MAX) throw new Fault('gateway.busy', { retryAfterS: 1 }, error);
      }
    }
  }
}
