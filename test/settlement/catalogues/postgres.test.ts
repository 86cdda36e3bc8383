import t, { type Test } from 'tap';
import { openPostgresStore } from '../../../adapters/stores/postgres/store.ts';
import { startPostgres, type TestPostgres } from '../../setup/postgres.ts';
import { caller, codesSeen, item, load, newWorld } from './parts.ts';

const started = await startPostgres();
if ('reason' in started) {
  t.plan(0, started.reason);
  process.exit(0);
}
const server: TestPostgres = started;
t.teardown(() => server.stop());

/** Two gateways on one database. */
async function twoGateways(t: Test) {
  const url = await server.database();
  const open = async () => {
    const store = await openPostgresStore({ url, connectionsMax: 4 });
    t.teardown(() => store.close());
    return store;
  };
  const world = await newWorld(t, await open());
  return { ...world, one: world.start(world.store, 'one'), two: world.start(await open(), 'two') };
}

t.test('a catalogue is loaded, changed, searched and asked about on PostgreSQL', async (t) => {
  const { flows, one, two } = await twoGateways(t);
  flows.script = {
    batches: [
      [
        item('XA', { name: '一%', initials: 'YI' }),
        item('xa', { name: '二' }),
        item('XA-1', { name: '一\0三\ud800' }),
      ],
      Array.from({ length: 600 }, (_, place) => item(`Z${place}`)),
    ],
    version: 'v1',
  };
  t.match(await load(one), { state: 'done', rows: 603 });
  flows.script = { batches: [[item('XA', { name: '新', initials: 'X' }), item('XB')]], version: 'v2' };
  t.match(await load(two), { state: 'done' });
  const found = async (query: { code?: string; search?: string }) =>
    (await one.archive.search('fake', 'drugs', { limit: 10, ...query })).rows.map((row) => row.code);
  t.same(await found({ code: 'X' }), ['XA', 'XA-1', 'XB'], 'codes go by their bytes, whatever the language');
  t.same(await found({ search: 'x' }), ['XA']);
  t.same(await found({ search: '三' }), ['XA-1']);
  t.equal((await codesSeen(two)).length, 604);
  const day = '2026-03-02';
  const charge = {
    line: '1',
    nationalCode: 'NO',
    localCode: 'L',
    name: '',
    count: '1',
    price: '1',
    amountFen: 1,
  };
  t.match(await one.archive.notesOn('fake', [charge], day), [{ note: 'unknown-code' }]);
  flows.script = { batches: [[item('XB')]], version: 'v3' };
  await load(one, 'drugs', true);
  t.same(await codesSeen(two), ['XB']);
});

t.test('of gateways that load one catalogue at once, one does', async (t) => {
  const { flows, one, two } = await twoGateways(t);
  flows.script = { batches: [[item('A')]], version: 'v1' };
  const order = { insurer: 'fake', kind: 'drugs' as const, whole: false };
  const results = await Promise.allSettled(
    [one, two, one, two].map((side, place) => side.downloads.start(`d${place}`, order, caller)),
  );
  await one.downloads.idle();
  await two.downloads.idle();
  for (const result of results) {
    if (result.status === 'rejected') t.match(result.reason, { code: 'catalogue.loading' });
  }
  t.ok(results.some((result) => result.status === 'fulfilled'));
  t.same(await codesSeen(one), ['A']);
});

t.test('codes are matched on PostgreSQL', async (t) => {
  const { flows, one, two } = await twoGateways(t);
  const match = { kind: 'drugs' as const, localName: '院内药', nationalCode: 'N1', validFrom: '2026-01-01' };
  for (const code of ['L1', 'L2', 'L3']) await one.mappings.put('fake', code, match, caller);
  flows.refuses = new Set(['L2']);
  t.match(await two.mappings.upload('fake', caller), { uploaded: 2, refused: [{ localCode: 'L2' }] });
  t.same(
    (await one.mappings.list('fake', { state: 'uploaded' })).rows.map((row) => row.local_code),
    ['L1', 'L3'],
  );
  await one.mappings.withdraw('fake', 'L1', caller);
  t.same([...flows.matches.keys()], ['L3']);
});
