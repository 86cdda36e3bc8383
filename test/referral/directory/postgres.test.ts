import t from 'tap';
import { openPostgresStore } from '../../../adapters/stores/postgres/store.ts';
import { startPostgres } from '../../setup/postgres.ts';
import { county, town, world } from './world.ts';

const server = await startPostgres();
if ('reason' in server) {
  t.plan(0, server.reason);
  process.exit(0);
}
t.teardown(() => server.stop());

t.test(
  'of two gateways that change one directory at once, neither undoes the other or closes a circle',
  async (t) => {
    const url = await server.database();
    const open = async () => {
      const store = await openPostgresStore({ url, connectionsMax: 4 });
      t.teardown(() => store.close());
      return store;
    };
    const equals = [county, { ...town, level: 'county' as const }];
    const one = await world(t, { store: await open(), configured: equals });
    const two = await world(t, { store: await open(), configured: equals });
    const [a, b] = [
      { ...equals[0]!, parent: town.code },
      { ...equals[1]!, parent: county.code },
    ];
    const both = await Promise.all([one.put(a, 1), two.put(b, 1)]);
    t.same(both.map(({ status }) => status).toSorted(), [200, 422]);
    t.match(both.find(({ status }) => status === 422)?.body, { detail: /parent-loop/ });
    const same = await Promise.all(
      [one, two].map((side, i) => side.put({ ...county, beds: i + 1 }, both[0]!.status === 200 ? 2 : 1)),
    );
    t.same(same.map(({ status }) => status).toSorted(), [200, 412]);
    await Promise.all([one.directory.look(), two.directory.look()]);
    t.same(one.directory.organisations, two.directory.organisations);
  },
);
