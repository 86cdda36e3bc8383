import fc from 'fast-check';
import t from 'tap';
import { Fault } from '../../../src/errors.ts';
import { Dead, DyingStore } from '../parts.ts';
import { caller, codesSeen, item, load, newWorld, type Side, type World } from './parts.ts';

const numbered = (from: number, to: number, more = {}) =>
  Array.from({ length: to - from }, (_, place) => item(`A${String(from + place).padStart(3, '0')}`, more));

t.test('a catalogue is loaded whole, then by what has changed', async (t) => {
  const { flows, start } = await newWorld(t);
  const side = start();
  flows.script = { batches: [numbered(0, 3), numbered(3, 5)], version: 'v1' };
  t.match(await load(side), { state: 'done', rows: 5, expected: 5, cause_code: null });
  t.same(await codesSeen(side), ['A000', 'A001', 'A002', 'A003', 'A004']);

  flows.script = { batches: [[item('A001', { name: '新名', valid: false }), item('A009')]], version: 'v2' };
  t.match(await load(side), { state: 'done', rows: 2 });
  t.same(flows.asked, [undefined, 'v1']);
  t.same(await codesSeen(side), ['A000', 'A001', 'A002', 'A003', 'A004', 'A009']);
  t.match((await side.archive.item('fake', 'drugs', 'A001')).items, [{ name: '新名', valid: 0 }]);
  const kinds = await side.archive.kinds('fake');
  t.match(kinds[0], { kind: 'drugs', row: { version: 'v2', items: 6, number: 2 } });
  t.match(kinds[1], { kind: 'services', row: undefined });

  flows.script = { batches: [] };
  t.match(await load(side), { state: 'unchanged', rows: 0 });
  t.equal(flows.asked.at(-1), 'v2');
  t.equal((await codesSeen(side)).length, 6);

  flows.script = { batches: [[item('A009'), item('B1')]], version: 'v3' };
  t.match(await load(side, 'drugs', true), { state: 'done' });
  t.equal(flows.asked.at(-1), undefined);
  t.same(await codesSeen(side), ['A009', 'B1'], 'what a whole catalogue no longer has is gone');
  const left = await side.archive.kinds('fake');
  t.equal(left[0]?.row?.items, 2);
});

t.test('of entries of one code the last counts; variants stand side by side', async (t) => {
  const { flows, start } = await newWorld(t);
  const side = start();
  const variants = ['1|x', '2|x'].map((variant) => item('A', { variant }));
  flows.script = {
    batches: [
      [item('B', { name: '一' }), ...variants, item('B', { name: '二' })],
      [item('B', { name: '三' })],
    ],
  };
  await load(side);
  t.match((await side.archive.item('fake', 'drugs', 'B')).items, [{ name: '三' }]);
  t.same(
    (await side.archive.item('fake', 'drugs', 'A')).items.map((row) => row.variant),
    ['1|x', '2|x'],
  );
});

t.test('what no database keeps is left out of a text', async (t) => {
  const { flows, start } = await newWorld(t);
  const side = start();
  flows.script = { batches: [[item('A', { name: '一\0二\ud800', content: { x: 'a\0b' } })]] };
  t.match(await load(side), { state: 'done' });
  t.match((await side.archive.item('fake', 'drugs', 'A')).items, [
    { name: '一二\ufffd', content: '{"x":"ab"}' },
  ]);
});

t.test('a bad file leaves the old version whole, and says why', async (t) => {
  const { flows, start } = await newWorld(t);
  const side = start();
  flows.script = { batches: [numbered(0, 4)], version: 'v1' };
  await load(side);
  const fault = new Fault('insurer.file-broken', { detail: '第 7 行有 3 列 / line 7 has 3 of 92 columns' });
  flows.script = { batches: [[item('A001', { name: '不该看见' }), item('Z')]], fault };
  const failed = await load(side);
  t.match(failed, { state: 'failed', cause_code: 'insurer.file-broken' });
  t.match(side.downloads.reasonOf(failed), /line 7/);
  t.same(await codesSeen(side), ['A000', 'A001', 'A002', 'A003']);
  t.match((await side.archive.item('fake', 'drugs', 'A001')).items, [{ name: '项目A001' }]);

  flows.script = { batches: [[item('A002', { name: '改了' })]], version: 'v2' };
  t.match(await load(side), { state: 'done' });
  t.same(
    await codesSeen(side),
    ['A000', 'A001', 'A002', 'A003'],
    'nothing of the broken load came with the next',
  );
  t.match((await side.archive.item('fake', 'drugs', 'A001')).items, [{ name: '项目A001' }]);
  t.equal((await side.archive.kinds('fake'))[0]?.row?.items, 4);

  flows.answers = false;
  t.match(await load(side), { state: 'failed', cause_code: 'insurer.no-answer' });
  flows.answers = true;
  flows.script = { batches: [], fault: new TypeError('a bug') };
  t.match(await load(side), { state: 'failed', cause_code: 'gateway.fault' });
});

t.test('readers see one version or the other, never a mixture', async (t) => {
  const { flows, start } = await newWorld(t);
  const side = start();
  flows.script = { batches: [numbered(0, 30, { name: '旧' })], version: 'v1' };
  await load(side);
  const seen = new Set<string>();
  const look = async () => {
    const { rows } = await side.archive.search('fake', 'drugs', { limit: 100 });
    seen.add(`${rows.length} ${[...new Set(rows.map((row) => row.name))].join()}`);
  };
  flows.before = look;
  flows.script = {
    batches: [numbered(0, 10, { name: '新' }), numbered(10, 25, { name: '新' })],
    version: 'v2',
  };
  await side.downloads.start('switch', { insurer: 'fake', kind: 'drugs', whole: true }, caller);
  let running = true;
  const done = side.downloads.idle().then(() => {
    running = false;
  });
  while (running) {
    await look();
    await new Promise((resolve) => setImmediate(resolve));
  }
  await done;
  await look();
  t.same([...seen].sort(), ['25 新', '30 旧']);
});

t.test(
  'one load of a catalogue at a time; it can be cancelled, and what it loaded counts for nothing',
  async (t) => {
    const { flows, start } = await newWorld(t);
    const side = start();
    flows.script = { batches: [numbered(0, 4)], version: 'v1' };
    await load(side);
    const order = { insurer: 'fake', kind: 'drugs' as const, whole: false };
    flows.script = { batches: [[item('X')], [item('Y')], [item('Z')]], version: 'v2' };
    flows.before = async (batch) => {
      if (batch !== 1) return;
      await t.rejects(side.downloads.start('second', order, caller), { code: 'catalogue.loading' });
      t.match(await side.downloads.get('first'), { state: 'running', rows: 1, expected: 3 });
      t.match(await side.downloads.cancel('first', caller), { state: 'cancelled' });
    };
    await side.downloads.start('first', order, caller);
    t.match(await side.downloads.start('first', order, caller), { id: 'first' }, 'a repeat finds it');
    await side.downloads.idle();
    t.match(await side.downloads.get('first'), { state: 'cancelled', rows: 1 });
    t.same(await codesSeen(side), ['A000', 'A001', 'A002', 'A003']);
    await t.rejects(side.downloads.cancel('first', caller), { code: 'catalogue.ended' });
    await t.rejects(side.downloads.cancel('none', caller), { code: 'catalogue.no-download' });
    flows.before = () => undefined;
    t.match(await load(side), { state: 'done' });
    t.same(await codesSeen(side), ['A000', 'A001', 'A002', 'A003', 'X', 'Y', 'Z']);
  },
);

t.test('what an insurer does not offer, and insurers that nobody knows', async (t) => {
  const { start } = await newWorld(t);
  const side = start();
  const order = { kind: 'drugs' as const, whole: false };
  await t.rejects(side.downloads.start('1', { ...order, insurer: 'none' }, caller), {
    code: 'insurer.not-found',
  });
  await t.rejects(side.downloads.start('1', { ...order, insurer: 'plain' }, caller), {
    code: 'insurer.not-offered',
  });
  await t.rejects(side.downloads.start('1', { ...order, kind: 'herbs', insurer: 'fake' }, caller), {
    code: 'insurer.not-offered',
  });
  await t.rejects(side.archive.search('fake', 'drugs', { limit: 5 }), { code: 'catalogue.not-loaded' });
  await t.rejects(side.archive.search('none', 'drugs', { limit: 5 }), { code: 'insurer.not-found' });
  await t.rejects(side.archive.kinds('none'), { code: 'insurer.not-found' });
  t.same(await side.archive.kinds('plain'), []);
});

/** Loads on a store that dies; what is thrown then is its death. */
async function loadAndDie(world: World, store: DyingStore): Promise<void> {
  const side = world.start(store);
  await load(side).catch((error: unknown) => {
    if (!(error instanceof Dead)) throw error;
  });
  await side.downloads.idle();
}

async function seen(side: Side): Promise<string> {
  const { rows } = await side.archive.search('fake', 'drugs', { limit: 100 });
  return rows.map((row) => `${row.code}=${row.name}`).join(' ');
}

t.test('a gateway may die before or after any of its commits', async (t) => {
  const before = 'A000=旧 A001=旧 A002=旧';
  const after = 'A000=旧 A001=新 A002=新 B=项目B';
  for (const when of ['before', 'after'] as const) {
    for (let at = 1; ; at++) {
      const world = await newWorld(t);
      world.flows.script = { batches: [numbered(0, 3, { name: '旧' })], version: 'v1' };
      await load(world.start());
      world.flows.script = {
        batches: [[item('A001', { name: '新' })], [item('A002', { name: '新' }), item('B')]],
        version: 'v2',
      };
      const store = new DyingStore(world.store, at, when);
      await loadAndDie(world, store);
      const next = world.start();
      const halfway = await seen(next);
      t.ok([before, after].includes(halfway), `${when} commit ${at}: ${halfway}`);
      await next.downloads.resume();
      await next.downloads.idle();
      const resumed = await seen(next);
      t.ok([before, after].includes(resumed), `${when} commit ${at}, resumed: ${resumed}`);
      if (at > 2) t.equal(resumed, after, `${when} commit ${at}: what had begun was brought to its end`);
      t.same(
        await world.store.list((db) =>
          db.selectFrom('catalogue_versions').select('kind').where('download_id', 'is not', null),
        ),
        [],
      );
      await load(next, 'drugs', true);
      t.equal(
        await seen(next),
        'A001=新 A002=新 B=项目B',
        `${when} commit ${at}: the next load finds nothing in its way`,
      );
      const rows = await world.store.list<{ code: string }>((db) =>
        db.selectFrom('catalogue_items').select('code'),
      );
      t.equal(rows.length, 3, 'nothing of former versions is left over');
      await world.store.close();
      if (!store.dead) break;
      t.ok(at < 100);
    }
  }
});

t.test('a load that keeps breaking off is given up', async (t) => {
  const world = await newWorld(t);
  world.flows.script = { batches: [[item('A')], [item('B')]] };
  await loadAndDie(world, new DyingStore(world.store, 6, 'before'));
  for (let life = 0; life < 5; life++) {
    const store = new DyingStore(world.store, 5, 'before');
    const side = world.start(store);
    await side.downloads.resume().catch(() => undefined);
    await side.downloads.idle();
  }
  const side = world.start();
  await side.downloads.resume();
  const [row] = await world.store.list<{ state: string; cause_code: string; tries: number }>((db) =>
    db.selectFrom('catalogue_downloads').selectAll(),
  );
  t.match(row, { state: 'failed', cause_code: 'catalogue.interrupted', tries: 3 });
  t.match(await load(side), { state: 'done' });
});

t.test(
  'another gateway takes a load over when its lease has run out, and the first writes no more',
  async (t) => {
    const world = await newWorld(t);
    const [one, two] = [world.start(world.store, 'one'), world.start(world.store, 'two')];
    world.flows.script = {
      batches: [[item('A', { name: '一' })], [item('B', { name: '一' })]],
      version: 'v1',
    };
    let woken = () => {};
    const asleep = new Promise<void>((resolve) => {
      woken = resolve;
    });
    world.flows.before = (batch) => (batch === 1 ? asleep : undefined);
    await one.downloads.start('d', { insurer: 'fake', kind: 'drugs', whole: false }, caller);
    while ((await one.downloads.get('d')).rows === 0) await new Promise((resolve) => setImmediate(resolve));
    await two.downloads.resume();
    t.equal((await two.downloads.get('d')).gateway, 'one', 'while the lease holds it is left alone');
    world.clock.advance(20 * 60_000);
    world.flows.script = { batches: [[item('C')], [item('D')]], version: 'v1' };
    world.flows.before = async (batch) => {
      if (batch !== 1) return;
      woken();
      await one.downloads.idle();
    };
    await two.downloads.resume();
    await two.downloads.idle();
    t.same(await codesSeen(one), ['C', 'D'], 'what the sleeper still had in hand counts no more');
    t.match(await one.downloads.get('d'), { state: 'done', gateway: 'two', tries: 2, rows: 2 });
  },
);

t.test('a gateway that stops leaves its loads to its next start', async (t) => {
  const world = await newWorld(t);
  const side = world.start();
  world.flows.script = { batches: [[item('A')], [item('B')]], version: 'v1' };
  world.flows.before = (batch) => {
    if (batch === 1) side.downloads.stop();
  };
  t.match(await load(side), { state: 'running' });
  world.flows.before = () => undefined;
  const next = world.start();
  await next.downloads.resume();
  await next.downloads.idle();
  t.same(await codesSeen(next), ['A', 'B']);
});

t.test('whatever is loaded in whatever batches, readers see what a map would hold', async (t) => {
  const entry = fc.record({
    code: fc.constantFrom('A', 'B', 'C', 'D', 'E'),
    variant: fc.constantFrom('', '1'),
    name: fc.constantFrom('一', '二', '三'),
  });
  const step = fc.record({
    batches: fc.array(fc.array(entry, { maxLength: 5 }), { maxLength: 4 }),
    whole: fc.boolean(),
    breaks: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 6 }), async (steps) => {
      const world = await newWorld(t);
      const side = world.start();
      let model = new Map<string, string>();
      let version = 0;
      for (const { batches, whole, breaks } of steps) {
        version += 1;
        world.flows.script = {
          batches: batches.map((batch) => batch.map(({ code, ...more }) => item(code, more))),
          version: `v${version}`,
          ...(breaks && { fault: new Fault('insurer.file-broken') }),
        };
        await load(side, 'drugs', whole);
        if (breaks || batches.flat().length === 0) continue;
        if (whole) model = new Map();
        for (const { code, variant, name } of batches.flat()) model.set(`${code}|${variant}`, name);
      }
      const rows = model.size === 0 ? [] : (await side.archive.search('fake', 'drugs', { limit: 100 })).rows;
      const found = rows.map((row) => `${row.code}|${row.variant} ${row.name}`);
      await world.store.close();
      return (
        found.join() ===
        [...model]
          .map(([key, name]) => `${key} ${name}`)
          .sort()
          .join()
      );
    }),
    { numRuns: 25 },
  );
});
