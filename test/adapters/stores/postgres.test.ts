import { Client } from 'pg';
import t, { type Test } from 'tap';
import { openPostgresStore } from '../../../adapters/stores/postgres/store.ts';
import type { Store } from '../../../src/store/port.ts';
import { insertion, query } from '../../../src/store/query.ts';
import { startPostgres, type TestPostgres } from '../../setup/postgres.ts';
import { startProxy } from '../../setup/proxy.ts';
import { add, keysOf, storeContract, type TestDatabase } from '../../store/contract.ts';
import { trailContract } from '../../store/trail.ts';

const started = await startPostgres();
if ('reason' in started) {
  t.plan(0, started.reason);
  process.exit(0);
}
const server: TestPostgres = started;
t.teardown(() => server.stop());

async function tamper(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(sql);
  await client.end();
}

async function fresh(): Promise<TestDatabase> {
  const url = await server.database();
  return {
    open: () => openPostgresStore({ url, connectionsMax: 5 }),
    tamper: (sql) => tamper(url, sql),
  };
}

await storeContract(t, fresh);
await trailContract(t, fresh);

/** Several gateways on one database. */
async function together(
  t: Test,
  count: number,
  connectionsMax = 4,
): Promise<{ url: string; stores: Store[] }> {
  const url = await server.database();
  const stores = await Promise.all(
    Array.from({ length: count }, () => openPostgresStore({ url, connectionsMax })),
  );
  t.teardown(() => Promise.all(stores.map((store) => store.close())));
  return { url, stores };
}

t.test('four gateways that start at once migrate the database once', async (t) => {
  const url = await server.emptyDatabase();
  const open = () => openPostgresStore({ url, connectionsMax: 4 });
  const stores = await Promise.all(Array.from({ length: 4 }, open));
  t.teardown(() => Promise.all(stores.map((store) => store.close())));
  const steps = await Promise.all(
    stores.map((store) => store.list((db) => db.selectFrom('counters').select('name'))),
  );
  t.same(steps, [[], [], [], []]);
});

t.test('writers never share a lane, not even those of two gateways', async (t) => {
  const { stores } = await together(t, 2, 3);
  const busy = new Set<string>();
  const lanes = new Set<string>();
  await Promise.all(
    Array.from({ length: 60 }, (_, i) =>
      stores[i % 2]!.write(async (unit) => {
        t.notOk(busy.has(unit.lane));
        busy.add(unit.lane);
        lanes.add(unit.lane);
        await unit.one(take, { runner: 'nobody', limit: 0 });
        busy.delete(unit.lane);
      }),
    ),
  );
  t.ok(lanes.size > 1 && lanes.size <= 6);
});

const take = query<{ runner: string; limit: number }, { key: string }>(
  'postgresTest.take',
  (db, arg, dialect) =>
    db
      .updateTable('requests')
      .set({ runner: arg('runner') })
      .where('key', 'in', (eb) => {
        const free = eb
          .selectFrom('requests')
          .select('key')
          .where('runner', '=', '')
          .orderBy('key')
          .limit(arg('limit'));
        return dialect === 'postgres' ? free.forUpdate().skipLocked() : free;
      })
      .returning('key'),
);

t.test('two gateways that lease rows at once never get the same one', async (t) => {
  const { stores } = await together(t, 2);
  for (let i = 0; i < 200; i++) await add(stores[0]!, `job${String(i).padStart(3, '0')}`);
  const taken: string[] = [];
  const leaseAll = async (store: Store, runner: string) => {
    for (;;) {
      const rows = await store.write((unit) => unit.all(take, { runner, limit: 3 }));
      if (rows.length === 0) return;
      taken.push(...rows.map((row) => row.key));
    }
  };
  await Promise.all([...stores, ...stores].map((store, i) => leaseAll(store, `runner${i}`)));
  t.equal(taken.length, 200);
  t.equal(new Set(taken).size, 200);
});

const newCounter = insertion('postgresTest.newCounter', 'counters', ['name', 'value']);
const increment = query<{ name: string }>('postgresTest.increment', (db, arg) =>
  db
    .updateTable('counters')
    .set((eb) => ({ value: eb('value', '+', 1) }))
    .where('name', '=', arg('name')),
);
const counterOf = query<{ name: string }, { value: number }>('postgresTest.counterOf', (db, arg) =>
  db.selectFrom('counters').select('value').where('name', '=', arg('name')),
);

t.test('units that lock each other out are run again until both are done', async (t) => {
  const { stores } = await together(t, 2);
  for (const name of ['a', 'b']) await stores[0]!.write((unit) => unit.run(newCounter, { name, value: 0 }));
  let runs = 0;
  const both = (store: Store, names: readonly string[]) =>
    store.write(async (unit) => {
      runs++;
      for (const name of names) await unit.run(increment, { name });
    });
  for (let round = 0; round < 10; round++) {
    await Promise.all([both(stores[0]!, ['a', 'b']), both(stores[1]!, ['b', 'a'])]);
  }
  t.equal((await stores[0]!.one(counterOf, { name: 'a' }))?.value, 20);
  t.equal((await stores[0]!.one(counterOf, { name: 'b' }))?.value, 20);
  t.comment(`20 units took ${runs} runs`);
});

t.test('more units than connections wait their turn', async (t) => {
  const { stores } = await together(t, 1, 2);
  await Promise.all(Array.from({ length: 100 }, (_, i) => add(stores[0]!, `k${i}`)));
  t.equal((await keysOf(stores[0]!)).length, 100);
});

t.test('a server that cannot be reached stops the start with its place, without the password', async (t) => {
  const error = await openPostgresStore({ url: 'postgres://someone:secret@127.0.0.1:1/clinic' }).catch(
    (e) => e,
  );
  t.match(error.message, /连接不上数据库.*cannot be reached: 127\.0\.0\.1:1\/clinic: .*ECONNREFUSED/);
  t.notMatch(error.message, /secret/);
});

t.test(
  'a server that restarts under load loses nothing it acknowledged, and the store finds it again',
  async (t) => {
    const { stores } = await together(t, 2);
    const acknowledged: string[] = [];
    const refused: unknown[] = [];
    let stop = false;
    const writers = Array.from({ length: 8 }, async (_, i) => {
      for (let n = 0; !stop; n++) {
        const key = `w${i}-${n}`;
        await add(stores[i % 2]!, key).then(
          () => acknowledged.push(key),
          (error) => {
            refused.push(error);
            return new Promise((resolve) => setTimeout(resolve, 20));
          },
        );
      }
    });
    for (let round = 0; round < 2; round++) {
      const seen = acknowledged.length;
      while (acknowledged.length < seen + 50) await new Promise((resolve) => setTimeout(resolve, 10));
      await server.restart();
    }
    const seen = acknowledged.length;
    while (acknowledged.length < seen + 50) await new Promise((resolve) => setTimeout(resolve, 10));
    stop = true;
    await Promise.all(writers);
    const kept = new Set(await keysOf(stores[0]!));
    t.same(
      acknowledged.filter((key) => !kept.has(key)),
      [],
    );
    t.equal(kept.size, acknowledged.length, 'what was refused did not happen');
    for (const error of refused) t.match(error, { code: /^gateway\.(store|busy)$/ });
  },
);

/** A store whose line to the server can be cut. */
async function cuttable(t: Test) {
  const url = await server.database();
  const proxy = await startProxy(Number(new URL(url).port));
  const throughProxy = new URL(url);
  throughProxy.port = String(proxy.port);
  const store = await openPostgresStore({ url: throughProxy.href, connectionsMax: 2 });
  t.teardown(async () => {
    await store.close();
    await proxy.stop();
  });
  await add(store, 'first');
  return { store, proxy };
}

t.test('a line that is cut in the middle of a unit refuses it, and nothing happened', async (t) => {
  const { store, proxy } = await cuttable(t);
  proxy.cutAt('contract.insert', 'after');
  await t.rejects(add(store, 'second'), { code: 'gateway.store' });
  t.ok(proxy.cut);
  t.same(await keysOf(store), ['first']);
  await add(store, 'third');
});

t.test('a commit whose answer is lost is found to have happened', async (t) => {
  const { store, proxy } = await cuttable(t);
  proxy.cutAt('commit\0', 'after');
  t.equal(await add(store, 'second'), 1);
  t.ok(proxy.cut);
  t.same(await keysOf(store), ['first', 'second']);
});

t.test('a commit that never arrived is found not to have happened', async (t) => {
  const { store, proxy } = await cuttable(t);
  proxy.cutAt('commit\0', 'before');
  await t.rejects(add(store, 'second'), { code: 'gateway.store' });
  t.ok(proxy.cut);
  t.same(await keysOf(store), ['first']);
});

t.test('a commit whose server stays away is an unknown outcome', async (t) => {
  const { store, proxy } = await cuttable(t);
  proxy.cutAt('commit\0', 'before');
  const work = add(store, 'second');
  while (!proxy.cut) await new Promise((resolve) => setTimeout(resolve, 1));
  await proxy.stop();
  await t.rejects(work, { name: 'UnknownCommitError' });
});
