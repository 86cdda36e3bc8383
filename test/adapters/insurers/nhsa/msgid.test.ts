import fc from 'fast-check';
import t from 'tap';
import { MessageIds } from '../../../../adapters/insurers/nhsa/msgid.ts';
import { openPostgresStore } from '../../../../adapters/stores/postgres/store.ts';
import { TestClock, temporaryStore } from '../../../helper.ts';
import { startPostgres } from '../../../setup/postgres.ts';

const INSTITUTION = 'H43010000001';

t.test('an id is institution, time and sequence', async (t) => {
  const ids = new MessageIds(
    await temporaryStore(t),
    new TestClock('2026-03-02T09:00:00+08:00'),
    INSTITUTION,
  );
  t.equal(await ids.next(), 'H43010000001202603020900000001');
  t.equal(await ids.next(), 'H43010000001202603020900000002');
});

t.test('more than a second holds run ahead of the clock instead of repeating', async (t) => {
  const ids = new MessageIds(await temporaryStore(t), new TestClock(), INSTITUTION);
  const seen = new Set<string>();
  for (let i = 0; i < 20_050; i++) seen.add(await ids.next());
  t.equal(seen.size, 20_050);
  t.equal([...seen].at(-1), 'H43010000001202603020900020050');
});

t.test('an id tells about when it was made, also after a pause', async (t) => {
  const clock = new TestClock();
  const ids = new MessageIds(await temporaryStore(t), clock, INSTITUTION);
  await ids.next();
  clock.advance(3_600_000);
  t.equal(await ids.next(), 'H43010000001202603021000000001');
});

t.test('several asked for at once are all different', async (t) => {
  const ids = new MessageIds(await temporaryStore(t), new TestClock(), INSTITUTION, 7);
  const all = await Promise.all(Array.from({ length: 100 }, () => ids.next()));
  t.equal(new Set(all).size, 100);
});

t.test('ids never repeat, through crashes, clocks set back and several gateways', async (t) => {
  const store = await temporaryStore(t);
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ take: fc.integer({ min: 1, max: 30 }), by: fc.nat(2) }) },
    { weight: 2, arbitrary: fc.record({ clock: fc.integer({ min: -90_000, max: 90_000 }) }) },
    { weight: 1, arbitrary: fc.record({ restart: fc.nat(2) }) },
  );
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const clock = new TestClock();
      const start = () => new MessageIds(store, clock, INSTITUTION, 10);
      const gateways = [start(), start(), start()];
      for (const step of steps) {
        if ('clock' in step) clock.advance(step.clock);
        else if ('restart' in step) gateways[step.restart] = start();
        else {
          for (let i = 0; i < step.take; i++) {
            const id = (await gateways[step.by]?.next()) ?? '';
            if (!/^H43010000001\d{18}$/.test(id) || seen.has(id)) return false;
            seen.add(id);
          }
        }
      }
      return true;
    }),
    { numRuns: 30 },
  );
});

t.test('gateways that share a PostgreSQL share no id', async (t) => {
  const server = await startPostgres();
  if ('reason' in server) return t.plan(0, server.reason);
  t.teardown(() => server.stop());
  const url = await server.database();
  const clock = new TestClock();
  const gateways = await Promise.all(
    [1, 2, 3].map(async () => {
      const store = await openPostgresStore({ url });
      t.teardown(() => store.close());
      return new MessageIds(store, clock, INSTITUTION, 10);
    }),
  );
  const taken = gateways.map((ids) => Promise.all(Array.from({ length: 200 }, () => ids.next())));
  t.equal(new Set((await Promise.all(taken)).flat()).size, 600);
});
