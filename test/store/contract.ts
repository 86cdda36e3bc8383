import type { Test } from 'tap';
import { ConstraintError, type Store, type Unit } from '../../src/store/port.ts';
import { insertion, query } from '../../src/store/query.ts';
import type { Tables } from '../../src/store/tables.ts';

/** One database of an adapter, which may be opened, closed and opened again. */
export interface TestDatabase {
  open(): Promise<Store>;
  /** Runs a statement behind the store's back. */
  tamper(sql: string): Promise<void>;
}

type Row = Tables['requests'];

const insert = insertion('contract.insert', 'requests', [
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
const byKey = query<{ key: string }, Row>('contract.byKey', (db, arg) =>
  db.selectFrom('requests').selectAll().where('client', '=', 'contract').where('key', '=', arg('key')),
);
const keys = query<object, { key: string }>('contract.keys', (db) =>
  db.selectFrom('requests').select('key').where('client', '=', 'contract').orderBy('key'),
);
const setValue = query<{ name: string; from: number; to: number }>('contract.setValue', (db, arg) =>
  db
    .updateTable('counters')
    .set({ value: arg('to') })
    .where('name', '=', arg('name'))
    .where('value', '=', arg('from')),
);
const value = query<{ name: string }, { value: number }>('contract.value', (db, arg) =>
  db.selectFrom('counters').select('value').where('name', '=', arg('name')),
);
const newValue = insertion('contract.newValue', 'counters', ['name', 'value']);
const sum = query<object, { total: number; count: number }>('contract.sum', (db) =>
  db
    .selectFrom('counters')
    .select((eb) => [eb.fn.sum<number>('value').as('total'), eb.fn.countAll<number>().as('count')]),
);

export function rowOf(key: string, more: Partial<Row> = {}): Row {
  return {
    client: 'contract',
    key,
    fingerprint: '',
    resource_id: '',
    state: 'running',
    runner: '',
    status: null,
    body: null,
    claimed_at: 0,
    ...more,
  };
}

export async function keysOf(store: Store): Promise<string[]> {
  return (await store.all(keys, {})).map((row) => row.key);
}

export function add(store: Store, key: string): Promise<number> {
  return store.write((unit) => unit.run(insert, rowOf(key)));
}

/** What every store does, whatever it stands on. */
export async function storeContract(t: Test, fresh: () => Promise<TestDatabase>): Promise<void> {
  const opened = async (t: Test): Promise<Store> => {
    const store = await (await fresh()).open();
    t.teardown(() => store.close());
    return store;
  };

  t.test('a unit that throws leaves nothing behind, and its caller gets what it threw', async (t) => {
    const store = await opened(t);
    const reason = new Error('changed my mind');
    const work = store.write(async (unit) => {
      await unit.run(insert, rowOf('one'));
      await unit.run(insert, rowOf('two'));
      throw reason;
    });
    await t.rejects(work, reason);
    t.same(await keysOf(store), []);
  });

  t.test('one unit in five throws, and only its rows are missing', async (t) => {
    const store = await opened(t);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 50 }, (_, i) =>
        store.write(async (unit) => {
          await unit.run(insert, rowOf(`a${i}`));
          await unit.run(insert, rowOf(`b${i}`));
          if (i % 5 === 0) throw new Error('no');
          return i;
        }),
      ),
    );
    const kept = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    t.equal(kept.length, 40);
    t.same(await keysOf(store), kept.flatMap((i) => [`a${i}`, `b${i}`]).sort());
  });

  t.test('a unit reads what it wrote; others read it when it is committed', async (t) => {
    const store = await opened(t);
    await store.write(async (unit) => {
      t.equal(await unit.run(insert, rowOf('mine')), 1);
      t.equal((await unit.one(byKey, { key: 'mine' }))?.key, 'mine');
      t.equal(await store.one(byKey, { key: 'mine' }), undefined);
    });
    t.equal((await store.one(byKey, { key: 'mine' }))?.key, 'mine');
  });

  t.test('nobody is answered before the commit', async (t) => {
    const store = await opened(t);
    await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        await add(store, `k${i}`);
        t.ok(await store.one(byKey, { key: `k${i}` }));
      }),
    );
  });

  t.test('fifty at once increment by compare and set, and none is lost', async (t) => {
    const store = await opened(t);
    await store.write((unit) => unit.run(newValue, { name: 'n', value: 0 }));
    const increment = async (unit: Unit): Promise<number> => {
      const from = (await unit.one(value, { name: 'n' }))!.value;
      return unit.run(setValue, { name: 'n', from, to: from + 1 });
    };
    await Promise.all(
      Array.from({ length: 50 }, async () => {
        while ((await store.write(increment)) === 0);
      }),
    );
    t.equal((await store.one(value, { name: 'n' }))?.value, 50);
  });

  t.test('a compare and set against an old version changes no row', async (t) => {
    const store = await opened(t);
    await store.write((unit) => unit.run(newValue, { name: 'n', value: 7 }));
    t.equal(await store.write((unit) => unit.run(setValue, { name: 'n', from: 6, to: 8 })), 0);
    t.equal((await store.one(value, { name: 'n' }))?.value, 7);
  });

  t.test('a second row with the same key is a ConstraintError, and the first stays', async (t) => {
    const store = await opened(t);
    await add(store, 'once');
    await t.rejects(add(store, 'once'), ConstraintError);
    t.same(await keysOf(store), ['once']);
    const null_ = rowOf('null', { fingerprint: null as unknown as string });
    await t.rejects(
      store.write((unit) => unit.run(insert, null_)),
      ConstraintError,
    );
  });

  t.test('of two that insert the same key at once, one gets a ConstraintError', async (t) => {
    const store = await opened(t);
    const outcomes = await Promise.allSettled([add(store, 'same'), add(store, 'same')]);
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    t.equal(refused.length, 1);
    t.ok(refused[0] instanceof ConstraintError);
  });

  t.test('a failed statement fails its unit, even if the unit looks away', async (t) => {
    const store = await opened(t);
    await add(store, 'taken');
    const work = store.write(async (unit) => {
      await unit.run(insert, rowOf('before'));
      await unit.run(insert, rowOf('taken')).catch(() => undefined);
      await unit.run(insert, rowOf('after')).catch(() => undefined);
    });
    await t.rejects(work, ConstraintError);
    t.same(await keysOf(store), ['taken']);
  });

  t.test('bytes, whole numbers, text and null come back as they were', async (t) => {
    const store = await opened(t);
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    const texts = ['', "'; drop table requests; --", '张三 𠮷 🏥 é', 'a\nb\t"\\'];
    const numbers = [0, 1, -1, 2 ** 31, 2 ** 53 - 1, -(2 ** 53 - 1), null];
    for (const [i, status] of numbers.entries()) {
      const resource_id = texts[i % texts.length]!;
      const row = rowOf(`k${i}`, { status, body: i === 0 ? Buffer.alloc(0) : bytes, resource_id });
      await store.write((unit) => unit.run(insert, row));
      const read = (await store.one(byKey, { key: `k${i}` }))!;
      t.equal(read.status, status);
      t.equal(read.resource_id, resource_id);
      t.ok(read.body instanceof Uint8Array);
      t.same(Buffer.from(read.body!), row.body);
    }
    await add(store, 'null');
    t.equal((await store.one(byKey, { key: 'null' }))?.body, null);
  });

  t.test('sums and counts are numbers', async (t) => {
    const store = await opened(t);
    await store.write(async (unit) => {
      await unit.run(newValue, { name: 'a', value: 1230 });
      await unit.run(newValue, { name: 'b', value: 4 });
    });
    t.same({ ...(await store.one(sum, {})) }, { total: 1234, count: 2 });
  });

  t.test('what no column holds is refused with the argument’s name', async (t) => {
    const store = await opened(t);
    const write = (more: object) => store.write((unit) => unit.run(insert, { ...rowOf('x'), ...more }));
    await t.rejects(write({ runner: undefined }), {
      name: 'TypeError',
      message: /contract\.insert: runner is missing/,
    });
    await t.rejects(write({ status: 1.5 }), { message: /status is not a whole number/ });
    await t.rejects(write({ status: Number.NaN }), { message: /status is not a whole number/ });
    await t.rejects(write({ status: true }), { message: /status is of a type .*boolean/ });
    await t.rejects(write({ body: {} }), { message: /body is of a type .*object/ });
    await t.rejects(store.one(byKey, {} as { key: string }), { message: /contract\.byKey: key is missing/ });
    t.same(await keysOf(store), []);
  });

  t.test('a list is built for its call', async (t) => {
    const store = await opened(t);
    for (const key of ['a', 'b', 'c']) await add(store, key);
    const rows = await store.list<{ key: string }>((db) =>
      db.selectFrom('requests').select('key').where('key', '>', 'a').orderBy('key', 'desc').limit(5),
    );
    t.same(
      rows.map((row) => row.key),
      ['c', 'b'],
    );
  });

  t.test('a unit has ended when it has answered', async (t) => {
    const store = await opened(t);
    let kept: Unit | undefined;
    await store.write(async (unit) => {
      kept = unit;
    });
    await t.rejects(kept!.run(insert, rowOf('late')), { message: /has ended/ });
    await t.rejects(kept!.one(byKey, { key: 'late' }), { message: /has ended/ });
    t.same(await keysOf(store), []);
  });

  t.test('a unit that never ends is undone, and the others go on', async (t) => {
    const store = await opened(t);
    let kept: Unit | undefined;
    const stuck = store.write(async (unit) => {
      kept = unit;
      await unit.run(insert, rowOf('stuck'));
      await new Promise(() => undefined);
    });
    const other = add(store, 'other');
    await t.rejects(stuck, { message: /ran too long/ });
    await other;
    await t.rejects(kept!.run(insert, rowOf('later')), { message: /has ended/ });
    await add(store, 'next');
    t.same(await keysOf(store), ['next', 'other']);
  });

  t.test('closing finishes what waits and takes no more', async (t) => {
    const database = await fresh();
    const store = await database.open();
    const waiting = Array.from({ length: 20 }, (_, i) => add(store, `k${i}`));
    const closed = store.close();
    await t.rejects(add(store, 'late'), { code: 'gateway.stopping' });
    await t.rejects(store.one(byKey, { key: 'k0' }), { code: 'gateway.stopping' });
    await Promise.all(waiting);
    await closed;
    await store.close();
    const again = await database.open();
    t.teardown(() => again.close());
    t.equal((await keysOf(again)).length, 20);
  });

  t.test('a database is migrated once, and what it holds stays', async (t) => {
    const database = await fresh();
    const first = await database.open();
    await add(first, 'kept');
    await first.close();
    const second = await database.open();
    t.same(await keysOf(second), ['kept']);
    await second.close();
  });

  t.test('a database of a newer gateway is refused', async (t) => {
    const database = await fresh();
    await (await database.open()).close();
    await database.tamper("insert into migrations (name, timestamp) values ('9999-later', '2030-01-01')");
    await t.rejects(database.open(), { message: /9999-later.*newer gateway/ });
    await database.tamper("delete from migrations where name = '9999-later'");
    await (await database.open()).close();
  });
}
