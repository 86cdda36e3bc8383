import fc from 'fast-check';
import t, { type Test } from 'tap';
import { BEHAVIOURS, type Behaviour } from '../fake.ts';
import { caller, DyingStore } from '../parts.ts';
import {
  charges,
  discharge,
  NUMBER,
  request,
  sampleStay,
  settleWard,
  type WardGateway,
  type WardWorld,
  wardWorld,
} from './parts.ts';

const STAY = 'stay-1';

/**
 * The promise: whatever dies and whenever, a stay stands at the insurer as it stands here, once, with exactly the
 * charges that it has here, under the serials that it has here.
 */
async function assertInStep(t: Test, world: WardWorld, gateway: WardGateway, label: string): Promise<void> {
  const there = world.ward.of(NUMBER);
  t.ok(there.length <= 1, `${label}: one stay at most`);
  const stay = await gateway.stays.ledger.find(STAY);
  if (!stay) {
    t.same(there, [], `${label}: nothing was ever sent`);
    return;
  }
  const { state, next_check_at } = stay.row;
  t.equal(next_check_at, null, `${label}: nothing left to do in ${state}`);
  // A person will look; the gateway claims nothing.
  if (state === 'needs-review') return;
  const [patient] = there;
  if (state === 'admitted' || state === 'discharged') {
    t.equal(patient?.state, state === 'admitted' ? 'in' : 'out', `${label}: ${state}`);
    const ours = (await gateway.stays.lines.free(STAY, 10_000)).map(({ serial, line }) => [serial, line]);
    t.same(
      ours,
      [...(patient?.lines ?? [])].sort(([a], [b]) => Number(a) - Number(b)),
      `${label}: the charges`,
    );
    t.equal(new Set(ours.map(([, line]) => line)).size, ours.length, `${label}: no line twice`);
  } else {
    t.same(there, [], `${label}: ${state} has nothing there`);
  }
  t.same(await gateway.audit.verify(), [], `${label}: the audit trail holds`);
}

/** What a ward clerk does with a patient; each act only where the stay is ready for it. */
async function work({ stays: { service } }: WardGateway): Promise<void> {
  const ready = async (state: string) =>
    (await service.create(STAY, caller, async () => sampleStay())).row.state === state;
  if (!(await ready('admitted'))) return;
  await service.change(request(STAY, 'change'), { bed: '4' });
  if (await ready('admitted')) await service.charge(request(STAY, 'charge'), charges(1, 150));
  if (await ready('admitted')) await service.withdraw(request(STAY, 'withdraw'), ['L1']).catch(ignoreUnknown);
  if (await ready('admitted')) await service.discharge(request(STAY, 'discharge'), discharge);
  if (await ready('discharged')) await service.resume(request(STAY, 'resume'));
}

/** A line that the insurer refused is unknown to the clerk's next act. */
function ignoreUnknown(error: unknown): void {
  if ((error as { code?: string }).code !== 'stay.unknown-line') throw error;
}

async function workAndDie(
  world: WardWorld,
  store: DyingStore,
  clerk: (gateway: WardGateway) => Promise<unknown>,
) {
  try {
    await clerk(world.start(store));
  } catch (error) {
    if (!store.dead) throw error;
  }
}

t.test('a gateway may die before or after any of its commits', async (t) => {
  for (const when of ['before', 'after'] as const) {
    for (let at = 1; ; at++) {
      const world = await wardWorld(t);
      world.ward.knowsWords = when === 'before';
      const store = new DyingStore(world.store, at, when);
      await workAndDie(world, store, work);
      const next = world.start();
      await next.stays.worker.takeOver();
      await settleWard(world, next);
      await assertInStep(t, world, next, `${when} commit ${at}`);
      await world.store.close();
      if (!store.dead) break;
      t.ok(at < 100);
    }
  }
});

t.test('gateways that die again and again, and a ward that misbehaves throughout', async (t) => {
  const behaviours = fc.array(fc.constantFrom(...BEHAVIOURS), { maxLength: 4 });
  const acts = ['2401', '2601', '2403', '2301', '2302', '2402', '2405', '5303'] as const;
  const script = fc.record(Object.fromEntries(acts.map((infno) => [infno, behaviours])));
  const lives = fc.array(
    fc.record({
      at: fc.integer({ min: 1, max: 20 }),
      when: fc.constantFrom('before' as const, 'after' as const),
    }),
    { maxLength: 4 },
  );
  await fc.assert(
    fc.asyncProperty(
      script,
      lives,
      fc.boolean(),
      fc.boolean(),
      async (script, lives, knowsWords, canFind) => {
        const world = await wardWorld(t);
        Object.assign(world.ward, { knowsWords, canFind });
        for (const [infno, said] of Object.entries(script)) world.ward.say(infno, ...(said as Behaviour[]));
        for (const { at, when } of lives) {
          await workAndDie(world, new DyingStore(world.store, at, when), async (gateway) => {
            await gateway.stays.worker.takeOver();
            await work(gateway);
            for (let look = 0; look < 3; look++) {
              await gateway.stays.worker.runOnce();
              world.clock.advance(10_000);
            }
          });
        }
        const last = world.start();
        await last.stays.worker.takeOver();
        await settleWard(world, last);
        await work(last);
        await settleWard(world, last);
        await assertInStep(t, world, last, 'in the end');
        await world.store.close();
      },
    ),
    { numRuns: 40 },
  );
});
