import fc from 'fast-check';
import t from 'tap';
import { type LeaseRequest, Leases } from '../../../src/card/sharing/leases.ts';
import { Events } from '../../../src/events/events.ts';
import { TestClock, testIds } from '../../helper.ts';
import { settle, TestTimers } from '../timers.ts';

function shared() {
  const clock = new TestClock();
  const timers = new TestTimers(clock);
  const events = new Events(clock);
  const leases = new Leases({ clock, timers, ids: testIds, events });
  const ask = (client: string, more: Partial<LeaseRequest> = {}) =>
    leases.ask({ readerId: 'desk-1', client, holdMs: 60_000, waitMs: 0, ...more });
  return { clock, timers, events, leases, ask };
}

const code = (expected: string) => ({ code: expected });

t.test('a reader that nobody holds is anybody’s; one that is held is its holder’s', async (t) => {
  const { leases, ask } = shared();
  leases.admit('desk-1', undefined);
  const { id } = await ask('window-1');
  leases.admit('desk-1', id);
  t.throws(() => leases.admit('desk-1', undefined), code('reader.leased'));
  t.throws(() => leases.admit('desk-1', 'another'), code('lease.not-found'));
  leases.admit('desk-2', undefined);
  leases.release('desk-1', id, 'window-1');
  leases.admit('desk-1', undefined);
  t.throws(() => leases.admit('desk-1', id), code('lease.not-found'), 'what was given back is over');
});

t.test('who does not wait is told at once, and until when it is held', async (t) => {
  const { ask } = shared();
  await ask('window-1');
  await t.rejects(ask('window-2'), {
    code: 'reader.leased',
    context: { facts: { until: /^2026-03-02T01:01/ } },
  });
});

t.test('those who wait get it in their order, whether it is given back or runs out', async (t) => {
  const { leases, timers, ask } = shared();
  const first = await ask('window-1');
  const order: string[] = [];
  const waiting = ['window-2', 'window-3'].map((client) =>
    ask(client, { waitMs: 100_000 }).then((lease) => {
      order.push(client);
      return lease;
    }),
  );
  leases.release('desk-1', first.id, 'window-1');
  await waiting[0];
  t.strictSame(order, ['window-2']);
  await timers.advance(60_000);
  await waiting[1];
  t.strictSame(order, ['window-2', 'window-3'], 'the second one’s time ran out');
});

t.test('who waits too long, or hangs up, leaves the queue and gets nothing later', async (t) => {
  const { leases, timers, ask } = shared();
  const first = await ask('window-1');
  const gone = new AbortController();
  const hungUp = ask('window-2', { waitMs: 50_000, cancelled: gone.signal });
  const late = ask('window-3', { waitMs: 10_000 });
  gone.abort();
  await t.rejects(hungUp, code('reader.leased'));
  const expected = t.rejects(late, code('reader.leased'));
  await timers.advance(10_000);
  await expected;
  leases.release('desk-1', first.id, 'window-1');
  t.equal(leases.held('desk-1'), undefined);
  t.equal(timers.count, 0, 'no timer is left');
});

t.test('a lease is renewed and given back by its own client only', async (t) => {
  const { leases, timers, ask } = shared();
  const { id } = await ask('window-1');
  t.throws(() => leases.renew('desk-1', id, 'window-2', 60_000), code('lease.not-found'));
  t.throws(() => leases.release('desk-1', id, 'window-2'), code('lease.not-found'));
  await timers.advance(59_000);
  leases.renew('desk-1', id, 'window-1', 60_000);
  await timers.advance(59_000);
  t.equal(leases.held('desk-1')?.id, id);
  await timers.advance(1_000);
  t.equal(leases.held('desk-1'), undefined);
});

t.test('a request that is repeated gets the lease it already has', async (t) => {
  const { ask } = shared();
  const first = await ask('window-1', { id: 'lease-1' });
  t.strictSame(await ask('window-1', { id: 'lease-1' }), first);
});

t.test('the queue has an end, and a stop tells those who wait', async (t) => {
  const { leases, timers, ask } = shared();
  await ask('window-0');
  const waiting = Array.from({ length: 20 }, (_, i) => ask(`window-${i}`, { waitMs: 1_000 }));
  await t.rejects(ask('one-too-many', { waitMs: 1_000 }), code('reader.queue-full'));
  const told = waiting.map((each) => t.rejects(each, code('gateway.stopping')));
  leases.close();
  await Promise.all(told);
  t.equal(timers.count, 0);
});

t.test('events tell who holds it and when it is free, and nothing of the patient', async (t) => {
  const { leases, events, ask } = shared();
  const told: unknown[] = [];
  events.listen(({ type, subject, data }) => told.push({ type, subject, data }));
  const { id } = await ask('window-1');
  leases.release('desk-1', id, 'window-1');
  t.strictSame(told, [
    { type: 'reader.lease', subject: 'desk-1', data: { state: 'held', client: 'window-1' } },
    { type: 'reader.lease', subject: 'desk-1', data: { state: 'free' } },
  ]);
});

/** Whatever is asked, given back and waited for, in any order: one holder at most, nobody forgotten. */
t.test('at no time do two hold one reader, and in the end everybody was answered', async () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('ask' as const), waitMs: fc.integer({ min: 0, max: 90_000 }) }),
    fc.record({ kind: fc.constant('give-back' as const), waitMs: fc.constant(0) }),
    fc.record({ kind: fc.constant('wait' as const), waitMs: fc.integer({ min: 1, max: 70_000 }) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const { leases, timers, ask } = shared();
      let asked = 0;
      let answered = 0;
      const live = new Set<string>();
      for (const { kind, waitMs } of steps) {
        const held = leases.held('desk-1');
        if (kind === 'ask') {
          asked += 1;
          ask('window', { waitMs }).then(
            (lease) => {
              answered += 1;
              live.add(lease.id);
            },
            () => {
              answered += 1;
            },
          );
        } else if (kind === 'give-back') {
          if (held) leases.release('desk-1', held.id, held.client);
        } else {
          await timers.advance(waitMs);
        }
        await settle();
        const now = leases.held('desk-1');
        if (now && !live.has(now.id)) return false;
      }
      await timers.advance(10_000_000);
      return answered === asked && leases.held('desk-1') === undefined && timers.count === 0;
    }),
    { numRuns: 100 },
  );
});
