import fc from 'fast-check';
import t, { type Test } from 'tap';
import type { Store } from '../../src/store/port.ts';
import { BEHAVIOURS, type Behaviour } from './fake.ts';
import {
  BILL,
  caller,
  DyingStore,
  type Gateway,
  newWorld,
  sampleBill,
  settleDown,
  type World,
} from './parts.ts';

/**
 * The promise of the whole feature: whatever dies and whenever, one bill has at most one live settlement at the
 * insurer, and what the ledger says is what the insurer has.
 */
async function assertLedgerTrue(t: Test, world: World, gateway: Gateway, label: string): Promise<void> {
  const live = world.insurer.live(BILL);
  t.ok(live.length <= 1, `${label}: at most one live settlement`);
  t.same(world.insurer.doubled, [], `${label}: never two at a time`);
  const { items } = await gateway.archive.list({}, caller);
  for (const { row } of items) {
    t.equal(row.next_check_at, null, `${label}: nothing left to do`);
    const { legs } = await gateway.service.get(row.id);
    switch (row.state) {
      case 'settled':
        t.equal(live[0]?.number, legs[0]?.number, `${label}: the settlement the ledger names is live`);
        break;
      case 'needs-review':
        // A person will look; the gateway claims nothing.
        break;
      default:
        t.same(live, [], `${label}: ${row.state} has nothing live`);
        t.ok(
          ['draft', 'quoted', 'failed', 'reversed'].includes(row.state),
          `${label}: ${row.state} is at rest`,
        );
    }
  }
  t.same(await gateway.audit.verify(), [], `${label}: the audit trail holds`);
}

/** A clerk who settles a bill and, where that worked, reverses it; a dead gateway ends their day. */
async function work(gateway: Gateway, reverse: boolean): Promise<void> {
  const created = await gateway.service.create('s-1', false, caller, async () => sampleBill());
  if (created.row.state !== 'quoted') return;
  const settled = await gateway.service.confirm({ id: 's-1', act: 'confirm', caller });
  await gateway.worker.runOnce();
  if (!reverse || settled.row.state !== 'settled') return;
  await gateway.service.reverse({ id: 's-1', act: 'reverse', caller });
}

/** What the clerk does, on a gateway that dies; whatever is thrown then is its death. */
async function workAndDie(
  world: World,
  store: DyingStore,
  clerk: (gateway: Gateway) => Promise<void>,
): Promise<void> {
  try {
    await clerk(world.start(store));
  } catch (error) {
    if (!store.dead) throw error;
  }
}

t.test('a gateway may die before or after any of its commits', async (t) => {
  for (const when of ['before', 'after'] as const) {
    for (let at = 1; ; at++) {
      const world = await newWorld(t);
      const store = new DyingStore(world.store, at, when);
      await workAndDie(world, store, (gateway) => work(gateway, true));
      const next = world.start();
      await next.worker.takeOver();
      await settleDown(world, next);
      await assertLedgerTrue(t, world, next, `${when} commit ${at}`);
      if (!store.dead) break;
      t.ok(at < 100);
    }
  }
});

t.test('a request that is repeated after the gateway died goes on where it stopped', async (t) => {
  for (const when of ['before', 'after'] as const) {
    for (let at = 1; ; at++) {
      const world = await newWorld(t);
      const store = new DyingStore(world.store, at, when);
      const create = (gateway: Gateway) =>
        gateway.service.create('s-1', true, caller, async () => sampleBill());
      await workAndDie(world, store, async (gateway) => void (await create(gateway)));
      const next = world.start();
      const repeated = await create(next);
      await next.worker.takeOver();
      await next.worker.runOnce();
      world.clock.advance(10_000);
      await next.worker.runOnce();
      const { row } = await next.service.get('s-1');
      // Written down but never sent: the insurer refuses to undo what it never saw, and only a person can tell.
      const neverSent = !world.insurer.received.includes('2207');
      const ends = ['settled', 'quoted', ...(neverSent ? ['needs-review'] : [])];
      t.ok(ends.includes(row.state), `${when} commit ${at}: ${repeated.row.state}, then ${row.state}`);
      await settleDown(world, next);
      await assertLedgerTrue(t, world, next, `${when} commit ${at}`);
      if (!store.dead) break;
    }
  }
});

t.test('gateways that die again and again, and an insurer that misbehaves throughout', async (t) => {
  const behaviours = fc.array(fc.constantFrom(...BEHAVIOURS), { maxLength: 6 });
  const lives = fc.array(
    fc.record({ at: fc.integer({ min: 1, max: 14 }), when: fc.constantFrom('before', 'after') }),
    {
      maxLength: 5,
    },
  );
  await fc.assert(
    fc.asyncProperty(
      behaviours,
      behaviours,
      behaviours,
      lives,
      fc.boolean(),
      async (settles, reverses, undoes, dying, reverse) => {
        const world = await newWorld(t);
        world.insurer.say('2207', ...(settles as Behaviour[]));
        world.insurer.say('2208', ...(reverses as Behaviour[]));
        world.insurer.say('2601', ...(undoes as Behaviour[]));
        const stores = dying.map(
          ({ at, when }) => new DyingStore(world.store, at, when as 'before' | 'after'),
        );
        for (const [life, store] of stores.entries()) {
          await workAndDie(world, store, async (gateway) => {
            await gateway.worker.takeOver();
            if (life === 0) await work(gateway, reverse);
            for (let look = 0; look < 3; look++) {
              await gateway.worker.runOnce();
              world.clock.advance(10_000);
            }
          });
        }
        const last = world.start();
        await last.worker.takeOver();
        await settleDown(world, last);
        await assertLedgerTrue(t, world, last, 'in the end');
        await world.store.close();
      },
    ),
    { numRuns: 60 },
  );
});

t.test('the wrapper used here does die', async (t) => {
  const world = await newWorld(t);
  const store: Store = new DyingStore(world.store, 1, 'before');
  await t.rejects(work(world.start(store), false));
  t.same((await world.start().archive.list({}, caller)).items, []);
});
