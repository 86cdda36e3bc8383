import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Client } from 'pg';
import t from 'tap';
import { openPostgresStore } from '../../adapters/stores/postgres/store.ts';
import { openSqliteStore } from '../../adapters/stores/sqlite/store.ts';
import { definedQueries } from '../../src/store/query.ts';
import { temporaryFolder } from '../helper.ts';
import { startPostgres } from '../setup/postgres.ts';

/** Hot queries that read a whole table, and why they may. */
const scanning: Readonly<Record<string, string>> = {};

/** Every file of src that defines queries, so that each of them is on the list below. */
const source = fileURLToPath(import.meta.resolve('../../src'));
for (const file of globSync('**/*.ts', { cwd: source })) {
  const path = join(source, file);
  if (/from '.*store\/query\.ts'|from '\.\/query\.ts'/.test(readFileSync(path, 'utf8'))) {
    await import(pathToFileURL(path).href);
  }
}
const queries = definedQueries();
const hot = queries.filter((query) => query.hot);

t.test('there are queries to look at', async (t) => {
  t.ok(queries.length >= 10);
  t.ok(hot.length >= 4);
  const unknown = Object.keys(scanning).filter((name) => !hot.some((query) => query.name === name));
  t.same(unknown, [], 'no exception is left over');
});

t.test(
  'SQLite understands every query, and finds its rows by an index where a request waits for it',
  async (t) => {
    const file = join(temporaryFolder(t), 'store.db');
    await (await openSqliteStore(file)).close();
    const db = new DatabaseSync(file);
    t.teardown(() => db.close());
    for (const query of queries) {
      const { sql } = query.statement('sqlite');
      const plan = db.prepare(`explain query plan ${sql}`).all() as { detail: string }[];
      if (!query.hot || query.name in scanning) continue;
      // A list that came as an argument is read through; it is no table.
      const scans = plan.filter(({ detail }) =>
        /^SCAN (?!CONSTANT ROW|json_each VIRTUAL TABLE)/.test(detail),
      );
      t.same(scans, [], query.name);
    }
  },
);

t.test(
  'PostgreSQL understands every query, and finds its rows by an index where a request waits for it',
  async (t) => {
    const server = await startPostgres();
    if ('reason' in server) return t.plan(0, server.reason);
    t.teardown(() => server.stop());
    const url = await server.database();
    await (await openPostgresStore({ url })).close();
    const client = new Client({ connectionString: url });
    await client.connect();
    t.teardown(() => client.end());
    // With empty tables a scan is always the cheapest, unless it is made to cost more than any index.
    await client.query('set enable_seqscan = off');
    for (const query of queries) {
      const { sql } = query.statement('postgres');
      const { rows } = await client
        .query<{ 'QUERY PLAN': string }>(`explain (generic_plan, costs off) ${sql}`)
        .catch((error) => {
          throw new Error(`${query.name}: ${(error as Error).message}`);
        });
      if (!query.hot || query.name in scanning) continue;
      const scans = rows.filter((row) => row['QUERY PLAN'].includes('Seq Scan'));
      t.same(scans, [], query.name);
    }
  },
);
