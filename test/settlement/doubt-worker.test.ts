import t, { type Test } from 'tap';
import { AuditTrail } from '../../src/access/audit.ts';
import { systemClock } from '../../src/clock.ts';
import { Events } from '../../src/events/events.ts';
import { composeSettlement } from '../../src/settlement/compose.ts';
import type { State } from '../../src/settlement/machine.ts';
import { temporaryStore, testIds, testLogger, testVault } from '../helper.ts';
import { FakeInsurer } from './fake.ts';
import { BILL, caller, sampleBill } from './parts.ts';

/** A gateway in real time, whose doubts are due within milliseconds. */
async function gateway(t: Test) {
  const store = await temporaryStore(t);
  const insurer = new FakeInsurer();
  const events = new Events(systemClock);
  const start = () => {
    const side = composeSettlement({
      ...{ store, events, clock: systemClock, ids: testIds, vault: testVault(), logger: testLogger() },
      ...{ gatewayId: 'test', audit: new AuditTrail(store, 'test', systemClock) },
      insurers: new Map([[insurer.id, insurer]]),
      settings: { exchangeTimeoutMs: 20, firstCheckMs: 5, checkDelaysMs: [5, 5, 5, 5], pollMs: 60_000 },
    });
    t.teardown(() => side.worker.stop());
    return side;
  };
  const reached = (state: State) =>
    new Promise<void>((resolve) => {
      events.listen((event) => event.data.state === state && resolve());
    });
  return { insurer, start, reached };
}

t.test('a doubt wakes the worker, which settles it without being asked', async (t) => {
  const { insurer, start, reached } = await gateway(t);
  const { worker, service } = start();
  worker.start();
  insurer.say('2207', 'lose-after');
  insurer.say('2601', 'unreachable', 'lose-before');
  const settled = reached('settled');
  const { row } = await service.create('s-1', true, caller, async () => sampleBill());
  t.equal(row.state, 'in-doubt');
  await settled;
  t.equal(insurer.live(BILL).length, 1);
  t.equal(insurer.received.filter((transaction) => transaction === '2601').length, 2);
});

t.test('at start the worker takes up what the run before left', async (t) => {
  const { insurer, start, reached } = await gateway(t);
  insurer.say('2207', 'lose-after');
  await start().service.create('s-1', true, caller, async () => sampleBill());
  const settled = reached('settled');
  start().worker.start();
  await settled;
  t.equal(insurer.live(BILL).length, 1);
});

t.test('a worker that is stopped finishes what it does, and begins nothing', async (t) => {
  const { insurer, start } = await gateway(t);
  const { worker, service } = start();
  insurer.say('2207', 'lose-after');
  const begun = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  insurer.before = (transaction) => {
    if (transaction !== '2601') return undefined;
    begun.resolve();
    return released.promise;
  };
  worker.start();
  await service.create('s-1', true, caller, async () => sampleBill());
  await begun.promise;
  const stopping = worker.stop();
  released.resolve();
  await stopping;
  const { row } = await service.get('s-1');
  t.equal(row.state, 'settled', 'what was under way is on disk');
  worker.wake(0);
  t.equal(insurer.live(BILL).length, 1);
});
