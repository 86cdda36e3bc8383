import t, { type Test } from 'tap';
import { openPostgresStore } from '../../adapters/stores/postgres/store.ts';
import { startPostgres, type TestPostgres } from '../setup/postgres.ts';
import { BILL, caller, DyingStore, newWorld, sampleBill, settleDown } from './parts.ts';

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
    const store = await openPostgresStore({ url, connectionsMax: 5 });
    t.teardown(() => store.close());
    return store;
  };
  const [one, two] = [await open(), await open()];
  const world = await newWorld(t, one);
  const gateways = [world.start(one, { gatewayId: 'one' }), world.start(two, { gatewayId: 'two' })] as const;
  return { world, one, two, gateways };
}

t.test('of clerks at several gateways who confirm at once, one settles', async (t) => {
  const { world, gateways } = await twoGateways(t);
  await gateways[0].service.create('s-1', false, caller, async () => sampleBill());
  const confirms = [...gateways, ...gateways].map((gateway, index) =>
    gateway.service.confirm({ id: 's-1', act: `confirm ${index}`, caller }),
  );
  const results = await Promise.allSettled(confirms);
  t.equal(results.filter((result) => result.status === 'fulfilled').length, 1);
  for (const result of results) {
    if (result.status === 'rejected') t.match(result.reason, { code: 'settlement.state' });
  }
  t.equal(world.insurer.received.filter((transaction) => transaction === '2207').length, 1);
});

t.test('of clerks at several gateways who send the same bill, one gets it', async (t) => {
  const { world, gateways } = await twoGateways(t);
  const results = await Promise.allSettled(
    [...gateways, ...gateways].map((gateway, index) =>
      gateway.service.create(`s-${index}`, true, caller, async () => sampleBill()),
    ),
  );
  t.equal(results.filter((result) => result.status === 'fulfilled').length, 1);
  for (const result of results) {
    if (result.status === 'rejected') t.match(result.reason, { code: 'settlement.bill-live' });
  }
  t.equal(world.insurer.live(BILL).length, 1);
});

t.test('workers of several gateways take each doubt once', async (t) => {
  const { world, gateways } = await twoGateways(t);
  world.insurer.say('2207', ...Array<'lose-after'>(12).fill('lose-after'));
  const bills = Array.from({ length: 12 }, (_, index) => `B-${index}`);
  for (const bill of bills)
    await gateways[0].service.create(bill, true, caller, async () => sampleBill(bill));
  world.clock.advance(10_000);
  await Promise.all(gateways.map((gateway) => gateway.worker.runOnce()));
  for (const bill of bills) {
    t.equal((await gateways[1].service.get(bill)).row.state, 'settled', bill);
    t.equal(world.insurer.live(bill).length, 1);
  }
  t.equal(world.insurer.received.filter((transaction) => transaction === '2601').length, 12);
  t.same(world.insurer.doubled, []);
});

t.test('another gateway takes over from one that died, when its lease has run out', async (t) => {
  for (let at = 1; ; at++) {
    const { world, one, gateways } = await twoGateways(t);
    const store = new DyingStore(one, at, at % 2 === 0 ? 'before' : 'after');
    const dying = world.start(store, { gatewayId: 'one' });
    await dying.service.create('s-1', true, caller, async () => sampleBill()).catch(() => undefined);
    await gateways[1].worker.takeOver();
    t.equal(await gateways[1].worker.runOnce(), 0, 'while the lease holds it is left alone');
    world.clock.advance(3_600_000);
    await settleDown(world, gateways[1]);
    const { items } = await gateways[1].archive.list({}, caller);
    const live = world.insurer.live(BILL);
    t.same(world.insurer.doubled, []);
    for (const { row } of items) {
      t.equal(row.next_check_at, null);
      if (row.state !== 'needs-review')
        t.equal(live.length, row.state === 'settled' ? 1 : 0, `${at}: ${row.state}`);
    }
    if (!store.dead) break;
  }
});
