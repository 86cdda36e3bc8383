import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { Batcher } from '../../../adapters/stores/sqlite/batcher.ts';
import { Connection } from '../../../adapters/stores/sqlite/connection.ts';
import { openSqliteStore } from '../../../adapters/stores/sqlite/store.ts';
import { UnknownCommitError } from '../../../src/store/port.ts';
import { insertion, query } from '../../../src/store/query.ts';
import { temporaryFolder } from '../../helper.ts';
import { add, keysOf, storeContract, type TestDatabase } from '../../store/contract.ts';
import { trailContract } from '../../store/trail.ts';

async function fresh(): Promise<TestDatabase> {
  const file = join(temporaryFolder(t), 'store.db');
  return {
    open: () => openSqliteStore(file),
    async tamper(sql) {
      const db = new DatabaseSync(file);
      db.exec(sql);
      db.close();
    },
  };
}

await storeContract(t, fresh);
await trailContract(t, fresh);

/** Starts a process that writes to the file; answers what it acknowledged and said once it has ended. */
async function runWriter(file: string, prefix: string, killAfterLines: number) {
  const script = fileURLToPath(import.meta.resolve('../../setup/writer.ts'));
  const child = spawn(process.execPath, [script, file, prefix], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let complaints = '';
  child.stderr.on('data', (chunk) => {
    complaints += chunk;
  });
  child.stdout.on('data', (chunk) => {
    output += chunk;
    if (output.split('\n').length > killAfterLines) child.kill('SIGKILL');
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  // The last line may be cut in the middle.
  return { acknowledged: output.split('\n').slice(0, -1), complaints, code };
}

t.test('a second process on the same file is refused, by whatever name it calls it', async (t) => {
  const folder = temporaryFolder(t);
  const file = join(folder, 'store.db');
  const store = await openSqliteStore(file);
  t.teardown(() => store.close());
  symlinkSync(file, join(folder, 'other-name.db'));
  for (const name of ['store.db', 'other-name.db']) {
    const { code, complaints } = await runWriter(join(folder, name), 'x', 1);
    t.equal(code, 1);
    t.match(complaints, /已被另一个网关进程打开.*open in another gateway process/);
  }
  await t.rejects(openSqliteStore(file), { message: /open in another gateway process/ });
  await add(store, 'still mine');
});

t.test(
  'a process killed while it writes loses nothing it acknowledged, and its file opens again',
  async (t) => {
    const file = join(temporaryFolder(t), 'store.db');
    const acknowledged: string[] = [];
    for (let round = 0; round < 3; round++) {
      const run = await runWriter(file, `round${round}-`, 200 + 150 * round);
      t.ok(run.acknowledged.length >= 200, run.complaints);
      acknowledged.push(...run.acknowledged);
    }
    const store = await openSqliteStore(file);
    t.teardown(() => store.close());
    const kept = new Set(await keysOf(store));
    t.same(
      acknowledged.filter((key) => !kept.has(key)),
      [],
    );
  },
);

t.test('a file that cannot be opened is told as such, not as another process', async (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, 'store.db.lock'));
  const error = await openSqliteStore(join(folder, 'store.db')).catch((error) => error);
  t.ok(error instanceof Error);
  t.notMatch(error.message, /another gateway/);
});

const grow = insertion('sqliteTest.grow', 'requests', [
  'client',
  'key',
  'fingerprint',
  'resource_id',
  'state',
  'runner',
  'status',
  'body',
  'claimed_at',
]);
const count = query<object, { count: number }>('sqliteTest.count', (db) =>
  db.selectFrom('requests').select((eb) => eb.fn.countAll<number>().as('count')),
);

/** A batcher on a migrated file, with the connection it writes through and one that reads what is committed. */
async function batcherOn(t: Parameters<typeof temporaryFolder>[0]) {
  const file = join(temporaryFolder(t), 'store.db');
  await (await openSqliteStore(file)).close();
  const writer = new Connection(file);
  const reader = new Connection(file);
  t.teardown(() => {
    writer.close();
    reader.close();
  });
  return { writer, committed: () => reader.one(count, {})!.count };
}

const big = (key: string, bytes: number) => ({
  client: 'c',
  key,
  fingerprint: '',
  resource_id: '',
  state: 'running' as const,
  runner: '',
  status: null,
  body: Buffer.alloc(bytes),
  claimed_at: 0,
});

t.test(
  'a full disk refuses the whole batch, keeps nothing of it, and the store goes on when there is room',
  async (t) => {
    const { writer, committed } = await batcherOn(t);
    const batcher = new Batcher(writer);
    const pages = (writer.db.prepare('pragma page_count').get() as { page_count: number }).page_count;
    writer.db.exec(`pragma max_page_count = ${pages + 10}`);
    const outcomes = await Promise.allSettled([
      batcher.write((unit) => unit.run(grow, big('small', 10))),
      batcher.write(async (unit) => {
        await unit.run(grow, big('huge', 1_000_000)).catch(() => undefined);
        // SQLite has undone the transaction: this must not be committed on its own.
        await unit.run(grow, big('after', 10)).catch(() => undefined);
      }),
      batcher.write((unit) => unit.run(grow, big('next', 10))),
    ]);
    for (const outcome of outcomes) {
      t.match(outcome, { status: 'rejected', reason: { code: 'gateway.store' } });
    }
    t.equal(committed(), 0);
    writer.db.exec('pragma max_page_count = 1000000');
    await batcher.write((unit) => unit.run(grow, big('huge', 1_000_000)));
    t.equal(committed(), 1);
    await batcher.drain();
  },
);

/** Makes one of the batcher's own statements fail as SQLite would. */
function breakStatement(writer: Connection, text: string, errcode: number): { healed: boolean } {
  const prepare = writer.db.prepare.bind(writer.db);
  const state = { healed: false };
  writer.db.prepare = (sql) => {
    const statement = prepare(sql);
    if (sql !== text) return statement;
    const run = statement.run.bind(statement);
    statement.run = () => {
      if (state.healed) return run();
      throw Object.assign(new Error('made-up failure'), { errcode });
    };
    return statement;
  };
  return state;
}

t.test(
  'a disk that fails in the commit leaves the outcome unknown, and nothing more is written',
  async (t) => {
    const { writer, committed } = await batcherOn(t);
    const SQLITE_IOERR_FSYNC = 1034;
    breakStatement(writer, 'commit', SQLITE_IOERR_FSYNC);
    const batcher = new Batcher(writer);
    const both = [big('a', 1), big('b', 1)].map((row) => batcher.write((unit) => unit.run(grow, row)));
    for (const outcome of await Promise.allSettled(both)) {
      t.ok(outcome.status === 'rejected' && outcome.reason instanceof UnknownCommitError);
    }
    await t.rejects(
      batcher.write((unit) => unit.run(grow, big('c', 1))),
      { code: 'gateway.store', message: /restart/ },
    );
    t.equal(committed(), 0);
  },
);

t.test('a commit that SQLite refuses is undone for everybody, and the next one works', async (t) => {
  const { writer, committed } = await batcherOn(t);
  const SQLITE_FULL = 13;
  const broken = breakStatement(writer, 'commit', SQLITE_FULL);
  const batcher = new Batcher(writer);
  await t.rejects(
    batcher.write((unit) => unit.run(grow, big('a', 1))),
    { code: 'gateway.store' },
  );
  t.equal(committed(), 0);
  broken.healed = true;
  await batcher.write((unit) => unit.run(grow, big('a', 1)));
  t.equal(committed(), 1);
});

t.test('a file that another program holds for writing makes the store busy, not broken', async (t) => {
  const { writer, committed } = await batcherOn(t);
  const SQLITE_BUSY = 5;
  const broken = breakStatement(writer, 'begin immediate', SQLITE_BUSY);
  const batcher = new Batcher(writer);
  await t.rejects(
    batcher.write((unit) => unit.run(grow, big('a', 1))),
    { code: 'gateway.busy' },
  );
  broken.healed = true;
  await batcher.write((unit) => unit.run(grow, big('a', 1)));
  t.equal(committed(), 1);
});

t.test('more units than the queue holds are refused as busy rather than remembered', async (t) => {
  const { writer } = await batcherOn(t);
  const batcher = new Batcher(writer);
  const outcomes = await Promise.allSettled(
    Array.from({ length: 10_050 }, () => batcher.write(async () => undefined)),
  );
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
  t.equal(refused.length, 50);
  t.match(refused[0], { reason: { code: 'gateway.busy' } });
});

t.test('a sync that fails leaves the outcome unknown too, and nothing more is written', async (t) => {
  const { writer, committed } = await batcherOn(t);
  const batcher = new Batcher(writer);
  writer.sync = async () => {
    throw Object.assign(new Error('made-up failure'), { code: 'EIO' });
  };
  await t.rejects(
    batcher.write((unit) => unit.run(grow, big('a', 1))),
    UnknownCommitError,
  );
  await t.rejects(
    batcher.write((unit) => unit.run(grow, big('b', 1))),
    { code: 'gateway.store', message: /restart/ },
  );
  t.equal(committed(), 1, 'it may well be there, and nobody was told that it is');
});

t.test('nobody reads what is committed but not yet on the disk', async (t) => {
  const file = join(temporaryFolder(t), 'store.db');
  const store = await openSqliteStore(file);
  t.teardown(() => store.close());
  const order: string[] = [];
  const written = add(store, 'row').then(() => order.push('written'));
  const other = new DatabaseSync(file, { readOnly: true });
  t.teardown(() => other.close());
  const rows = other.prepare('select count(*) as count from requests');
  while ((rows.get() as { count: number }).count === 0) await new Promise(setImmediate);
  await Promise.all([written, keysOf(store).then(() => order.push('read'))]);
  t.same(order, ['written', 'read']);
});

t.test(
  'a long log is moved into the database file by a thread of its own, and nothing is lost',
  async (t) => {
    const file = join(temporaryFolder(t), 'store.db');
    const store = await openSqliteStore(file);
    const before = statSync(file).size;
    const rows = ['a', 'b', 'c', 'd'];
    for (const key of rows) await store.write((unit) => unit.run(grow, big(key, 1_048_576)));
    while (statSync(file).size < before + 4 * 1_048_576)
      await new Promise((resolve) => setTimeout(resolve, 20));
    await store.write((unit) => unit.run(grow, big('e', 1)));
    await store.close();
    t.notOk(existsSync(`${file}-wal`), 'the thread let go of the file before the store did');
    const again = await openSqliteStore(file);
    t.teardown(() => again.close());
    t.equal((await again.one(count, {}))?.count, 5);
  },
);
