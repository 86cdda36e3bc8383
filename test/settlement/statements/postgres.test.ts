import t, { type Test } from 'tap';
import { openPostgresStore } from '../../../adapters/stores/postgres/store.ts';
import { startPostgres, type TestPostgres } from '../../setup/postgres.ts';
import { Agreeing, compareMany } from './many.ts';
import { caller, DAY, newWorld } from './parts.ts';

const started = await startPostgres();
if ('reason' in started) {
  t.plan(0, started.reason);
  process.exit(0);
}
const server: TestPostgres = started;
t.teardown(() => server.stop());

async function database(t: Test) {
  const url = await server.database();
  return async () => {
    const store = await openPostgresStore({ url, connectionsMax: 5 });
    t.teardown(() => store.close());
    return store;
  };
}

const FOREIGN = 'H43010000001202603020900009999';

t.test('of gateways that mend the same difference at once, one does', async (t) => {
  const open = await database(t);
  const [one, two] = [await open(), await open()];
  const { start, virtual } = await newWorld(t, { store: one });
  const gateways = [start(one, 'one'), start(two, 'two')] as const;
  await gateways[0].settle('s-1');
  await gateways[0].reverse('s-1');
  await gateways[0].settle('s-2');
  virtual.tamper({ act: 'invent', msgid: FOREIGN, like: virtual.ledger().at(-1)!.msgid });
  const { id, differences } = await gateways[0].compare();
  t.match(differences, [{ class: 'insurer-only' }]);
  const results = await Promise.allSettled([...gateways, ...gateways].map((gateway) => gateway.mend(id, 1)));
  t.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
  for (const result of results) {
    if (result.status === 'rejected') t.match(result.reason, { code: 'statement.state' });
  }
  t.equal(virtual.ledger().find(({ msgid }) => msgid === FOREIGN)?.state, 'undone');
  t.match(await gateways[1].compare(), { state: 'balanced', differences: [{ state: 'mended' }] });
});

t.test('of gateways that run the same statement at once, one does', async (t) => {
  const open = await database(t);
  const [one, two] = [await open(), await open()];
  const answers = Promise.withResolvers<void>();
  const insurer = new Agreeing(answers.promise);
  const { start, clock } = await newWorld(t, { store: one, statements: () => insurer });
  const gateways = [start(one, 'one', '00:00'), start(two, 'two', '00:00')] as const;
  await gateways[0].settle('s-1');
  const runs = await Promise.all(
    [...gateways, ...gateways].map(({ statements }) => statements.service.run('nhsa', DAY, caller)),
  );
  const [{ id }] = runs as [(typeof runs)[number]];
  t.ok(runs.every((run) => run.id === id));
  answers.resolve();
  await Promise.all(runs.map(({ finished }) => finished));
  t.match(await gateways[1].read(id), { run: 1, state: 'balanced' });
  clock.advance(24 * 3_600_000);
  await Promise.all(gateways.map(({ statements }) => statements.service.daily()));
  await Promise.all(gateways.map(({ statements }) => statements.service.idle()));
  t.match(await gateways[0].read(id), { run: 2, state: 'balanced', provisional: false });
});

t.test('thousands of settlements of a day are compared a page at a time', async (t) => {
  await compareMany(t, await (await database(t))(), 2_000);
});
