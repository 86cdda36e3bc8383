import { type Kysely, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { migrations } from './migrations/index.ts';
import type { Dialect } from './query.ts';

/** The column types that the two databases spell differently. */
export interface ColumnTypes {
  readonly dialect: Dialect;
  readonly bytes: 'blob' | 'bytea';
  /** 64-bit on both; read back as a number. */
  readonly integer: 'integer' | 'bigint';
}

/** A numbered step from one schema to the next. Once released it is never edited. */
export type Step = (db: Kysely<unknown>, types: ColumnTypes) => Promise<void>;

const columnTypes: Record<Dialect, ColumnTypes> = {
  sqlite: { dialect: 'sqlite', bytes: 'blob', integer: 'integer' },
  postgres: { dialect: 'postgres', bytes: 'bytea', integer: 'bigint' },
};

/**
 * Brings a database up to date in one transaction under a lock, so that several gateways may start at once; answers
 * the names of the steps taken. A database with a step this program does not know was written by a newer version
 * and is refused.
 */
export async function migrate(db: Kysely<unknown>, dialect: Dialect, steps = migrations): Promise<string[]> {
  const provided = Object.entries(steps).map(([name, step]): [string, Migration] => [
    name,
    { up: (tx) => step(tx, columnTypes[dialect]) },
  ]);
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => Object.fromEntries(provided) },
    migrationTableName: 'migrations',
    migrationLockTableName: 'migrations_lock',
  });
  const { error, results } = await migrator.migrateToLatest();
  if (error) throw (await newerStep(db, steps)) ?? error;
  return (results ?? []).map((result) => result.migrationName);
}

async function newerStep(db: Kysely<unknown>, steps: Record<string, Step>): Promise<Error | undefined> {
  const taken = await sql<{ name: string }>`select name from migrations order by name`
    .execute(db)
    .catch(() => ({ rows: [] }));
  const unknown = taken.rows.find(({ name }) => !Object.hasOwn(steps, name));
  if (!unknown) return undefined;
  return new Error(
    `数据库由更新版本的网关写入(${unknown.name}),请升级本程序 / the database was written by a newer gateway (${unknown.name}), upgrade this one`,
  );
}
