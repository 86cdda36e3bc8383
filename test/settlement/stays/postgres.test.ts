import t, { type Test } from 'tap';
import { openPostgresStore } from '../../../adapters/stores/postgres/store.ts';
import { startPostgres, type TestPostgres } from '../../setup/postgres.ts';
import { caller, sampleBill } from '../parts.ts';
import { charges, discharge, NUMBER, request, sampleStay, settleWard, wardWorld } from './parts.ts';

const started = await startPostgres();
if ('reason' in started) {
  t.plan(0, started.reason);
  process.exit(0);
}
const server: TestPostgres = started;
t.teardown(() => server.stop());

const STAY = 'stay-1';

/** Two gateways on one database, and a patient with some charges. */
async function twoGateways(t: Test) {
  const url = await server.database();
  const open = async () => {
    const store = await openPostgresStore({ url, connectionsMax: 5 });
    t.teardown(() => store.close());
    return store;
  };
  const [one, two] = [await open(), await open()];
  const world = await wardWorld(t, one);
  const gateways = [world.start(one, 'one'), world.start(two, 'two')] as const;
  const [{ stays }] = gateways;
  await stays.service.create(STAY, caller, async () => sampleStay());
  await stays.service.charge(request(STAY, 'charge'), charges(1, 120));
  return { world, gateways, stays };
}

function midway(billNumber: string) {
  const { bill } = sampleBill(billNumber);
  const setting = 'mid-stay' as const;
  return { insurers: ['fake'], stayId: STAY, bill: { ...bill, setting, charges: [], diagnoses: [] } };
}

t.test('of clerks at several gateways who discharge at once, one does', async (t) => {
  const { world, gateways } = await twoGateways(t);
  const results = await Promise.allSettled(
    [...gateways, ...gateways].map(({ stays }, index) =>
      stays.service.discharge(request(STAY, `out ${index}`), discharge),
    ),
  );
  t.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
  for (const result of results)
    if (result.status === 'rejected') t.match(result.reason, { code: 'stay.state' });
  t.equal(world.ward.received.filter((infno) => infno === '2402').length, 1);
});

t.test('charges are settled once, whoever settles and whatever is charged meanwhile', async (t) => {
  const { world, gateways, stays } = await twoGateways(t);
  const results = await Promise.allSettled([
    ...gateways.map(({ service }, index) =>
      service.create(`s-${index}`, false, caller, async () => midway(`B-${index}`)),
    ),
    ...gateways.map(({ stays }, index) =>
      stays.service.charge(request(STAY, `more ${index}`), charges(200 + 10 * index, 5)),
    ),
  ]);
  for (const result of results) {
    if (result.status === 'rejected')
      t.match(result.reason.code, /^(stay\.(settling|state)|request\.version|settlement\.charges)$/);
  }
  const sums = await stays.lines.sums(STAY);
  const lines = sums.reduce((total, each) => total + each.lines, 0);
  t.equal(lines, world.ward.of(NUMBER)[0]?.lines.size);
  const taken = sums.filter(({ free }) => free === 0);
  const settlements = (await gateways[0].archive.list({}, caller)).items.filter(
    ({ row }) => row.state === 'quoted',
  );
  t.ok(settlements.length <= 1);
  t.equal(
    taken.reduce((total, { total: fen }) => total + fen, 0),
    settlements[0]?.row.total_fen ?? 0,
    'what is taken is what is on the bill',
  );
});

t.test('a doubt is taken up by one of the workers', async (t) => {
  const { world, gateways, stays } = await twoGateways(t);
  world.ward.say('2402', 'lose-after');
  await stays.service.discharge(request(STAY, 'out'), discharge);
  world.clock.advance(60_000);
  await Promise.all(gateways.map(({ stays }) => stays.worker.runOnce()));
  t.equal((await stays.ledger.get(STAY)).row.state, 'discharged');
  t.equal(world.ward.received.filter((infno) => infno === '2402').length, 2);
  await settleWard(world, gateways[1]);
});
