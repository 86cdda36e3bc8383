import t, { type Test } from 'tap';
import { openPostgresStore } from '../../../adapters/stores/postgres/store.ts';
import { ClientDirectory, newKey } from '../../../src/access/clients.ts';
import { buildGateway } from '../../../src/gateway.ts';
import { Idempotency } from '../../../src/http/idempotency.ts';
import type { Insurer } from '../../../src/settlement/port.ts';
import type { Store } from '../../../src/store/port.ts';
import { testIds, testLogger, testParts } from '../../helper.ts';
import { startPostgres } from '../../setup/postgres.ts';
import { FakeInsurer } from '../fake.ts';
import { caller, newWorld, sampleBill, sampleIdentity } from '../parts.ts';

const key = newKey('county');
const DAYS = 'from=2026-03-01&to=2026-03-31';

/** Two bills of 12.30 that stand, the second shared by two payers, one that was reversed and one only quoted. */
async function lived(t: Test, on?: Store) {
  const world = await newWorld(t, on);
  const relief = new FakeInsurer({ id: 'relief', place: 'assistance' });
  for (const insurer of [world.insurer, relief]) insurer.settledAt = world.clock.now();
  const side = world.start(world.store, { insurers: [world.insurer, relief] as Insurer[] });
  const create = (id: string, insurers: readonly string[], confirm = true) =>
    side.service.create(id, confirm, caller, async () => sampleBill(`B-${id}`, insurers));
  await create('s-1', ['fake']);
  await create('s-2', ['fake', 'relief']);
  await create('s-3', ['fake']);
  await side.service.reverse({ id: 's-3', act: 'reverse', caller });
  await create('s-4', ['fake'], false);
  const idempotency = new Idempotency({ ...(await testParts(t)), gatewayId: 'test' });
  const app = await buildGateway({
    ...{ logger: testLogger(), ids: testIds, requestsPerMinuteMax: 10_000, sandbox: false, version: '0' },
    clients: new ClientDirectory([
      { id: 'county', keyHash: key.hash, scopes: new Set(['measure:read'] as const) },
    ]),
    features: side.routes({ readings: { identityOf: async () => sampleIdentity }, idempotency }),
  });
  t.teardown(() => app.close());
  return (query: string) =>
    app.inject({ url: `/v1/measures/${query}`, headers: { authorization: `Bearer ${key.key}` } });
}

async function checkSums(t: Test, get: Awaited<ReturnType<typeof lived>>) {
  const answer = await get(`settlements?${DAYS}&groupBy=insurer`);
  t.equal(answer.statusCode, 200, answer.body);
  const { total, groups, definition } = answer.json();
  t.match(definition.zh, /有效/);
  t.match(
    total,
    { settlements: 2, total: '24.60', fund: '14.76', account: '2.95', paid: '0.00', cash: '6.89' },
    'a bill that two share counts once',
  );
  t.match(groups, [
    { key: 'fake', settlements: 2, total: '24.60', fund: '12.30', account: '2.46', cash: '9.84' },
    { key: 'relief', settlements: 1, total: '4.92', fund: '2.46', account: '0.49', cash: '1.97' },
  ]);
  const fundsOf = (sums: { funds: { fund: string; amount: string }[] }) =>
    sums.funds.map(({ fund, amount }) => `${fund} ${amount}`);
  t.strictSame(fundsOf(groups[1]), ['pooled 2.46']);
  t.strictSame(fundsOf(total), ['pooled 14.76']);
  const months = (await get(`settlements?${DAYS}&groupBy=month`)).json().groups;
  t.match(months, [{ key: '2026-03', settlements: 2, total: '24.60', fund: '14.76' }]);
}

t.test('what stands is added up by payer and fund', async (t) => {
  const get = await lived(t);
  await checkSums(t, get);
  t.match((await get(`settlements?${DAYS}&groupBy=setting`)).json().groups, [
    { key: 'outpatient', settlements: 2 },
  ]);
  const before = (await get('settlements?from=2026-02-01&to=2026-02-28&groupBy=month')).json();
  t.match(before, { total: { settlements: 0, total: '0.00', funds: [] }, groups: [] });
});

t.test('PostgreSQL adds up the same', async (t) => {
  const server = await startPostgres();
  if ('reason' in server) return t.plan(0, server.reason);
  t.teardown(() => server.stop());
  const store = await openPostgresStore({ url: await server.database() });
  t.teardown(() => store.close());
  return checkSums(t, await lived(t, store));
});

t.test('as a table, each number with its definition; and a time that is no time is refused', async (t) => {
  const get = await lived(t);
  const table = await get(`settlements.csv?${DAYS}&groupBy=insurer`);
  t.match(table.headers['content-disposition'], /settlements-2026-03-01-2026-03-31\.csv/);
  const lines = table.body.split('\r\n');
  t.ok(lines[0]!.startsWith('\uFEFF期间 from,'));
  t.ok(
    lines.some((line) => /,relief,基金 fund: pooled,2\.46,/.test(line)),
    table.body,
  );
  t.match((await get('settlements?from=2026-03-02&to=2026-03-01')).json(), { pointer: '/query/to' });
});
