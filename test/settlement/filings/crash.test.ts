import fc from 'fast-check';
import t, { type Test } from 'tap';
import { caller, DyingStore } from '../parts.ts';
import { BEHAVIOURS, type Behaviour, type FilingWorld, filingWorld, transfer } from './fake.ts';

const DAY_MS = 86_400_000;

type Side = ReturnType<FilingWorld['start']>;

/** A clerk who files and, where that worked, withdraws; a dead gateway ends their day. */
async function work({ filings }: Side, clock: FilingWorld['clock']): Promise<void> {
  await filings.service.file('f-1', caller, async () => ({ insurer: 'fake', filing: transfer('f-1') }));
  clock.advance(DAY_MS);
  await filings.takeUpDue();
  const { state, number } = await filings.service.get('f-1');
  if (state !== 'filed') return;
  const act = { id: 'f-1', act: 'w-1', caller };
  await filings.service.withdraw(act, { reason: '填错', number: number ?? 'N3' });
  clock.advance(DAY_MS);
  await filings.takeUpDue();
}

async function workAndDie(world: FilingWorld, store: DyingStore): Promise<void> {
  try {
    await work(world.start(store), world.clock);
  } catch (error) {
    if (!store.dead) throw error;
  }
}

/** What the books say is what the insurer has, nothing was doubled, and nothing is left to do. */
async function assertTrue(t: Test, { fake }: FilingWorld, side: Side, label: string): Promise<void> {
  t.equal(fake.doubled, 0, `${label}: never two`);
  const { items } = await side.filings.archive.list({}, caller);
  for (const { state, next_check_at } of items) {
    t.equal(next_check_at, null, `${label}: nothing left to do`);
    const onFile = fake.entries.length;
    if (state === 'needs-review') continue;
    t.equal(onFile, state === 'filed' ? 1 : 0, `${label}: ${state} is so at the insurer`);
  }
  t.same(await side.audit.verify(), [], `${label}: the audit trail holds`);
}

/** Time passes, and the housekeeper makes its rounds. */
async function settleDown(world: FilingWorld, side: Side): Promise<void> {
  for (let round = 0; round < 10; round++) {
    world.clock.advance(DAY_MS);
    await side.filings.takeUpDue();
  }
}

const LOSSES = ['accept', 'lose-after'] as const;

for (const when of ['before', 'after'] as const) {
  for (const loss of LOSSES) {
    t.test(`a gateway may die just ${when} any commit, with an insurer that does ${loss}`, async (t) => {
      let deaths = 0;
      for (let at = 1; ; at++) {
        const world = await filingWorld(t);
        world.fake.say('file', loss);
        world.fake.say('withdraw', loss);
        const store = new DyingStore(world.store, at, when);
        await workAndDie(world, store);
        const side = world.start();
        await settleDown(world, side);
        await assertTrue(t, world, side, `commit ${at}`);
        if (!store.dead) break;
        deaths += 1;
      }
      t.ok(deaths >= 9);
    });
  }
}

t.test(
  'the number of an accepted filing is not lost with the gateway that was to write it down',
  async (t) => {
    let read = 0;
    for (let at = 1; ; at++) {
      const world = await filingWorld(t);
      const store = new DyingStore(world.store, at, 'before');
      const file = (side: Side) =>
        side.filings.service.file('f-1', caller, async () => ({ insurer: 'fake', filing: transfer('f-1') }));
      await file(world.start(store)).catch(() => undefined);
      if (!store.dead) break;
      const side = world.start();
      world.clock.advance(DAY_MS);
      const repeated = await file(side);
      await settleDown(world, side);
      const row = await side.filings.service.get('f-1');
      if (repeated.number === 'N3') read += 1;
      t.ok(['filed', 'not-filed'].includes(row.state), `commit ${at}: ${row.state}`);
      await assertTrue(t, world, side, `commit ${at}`);
    }
    t.ok(read > 0, 'the stored answer is read again');
  },
);

t.test('gateways that die again and again, and an insurer that misbehaves throughout', async (t) => {
  const behaviours = fc.array(fc.constantFrom<Behaviour>(...BEHAVIOURS, 'throw', 'throw-after', 'open'), {
    maxLength: 5,
  });
  const lives = fc.array(
    fc.record({ at: fc.integer({ min: 1, max: 12 }), when: fc.constantFrom('before', 'after') }),
    { maxLength: 4 },
  );
  await fc.assert(
    fc.asyncProperty(behaviours, behaviours, behaviours, lives, async (file, withdraw, find, deaths) => {
      const world = await filingWorld(t);
      world.fake.say('file', ...file.filter((behaviour) => behaviour !== 'open'));
      world.fake.say('withdraw', ...withdraw.filter((behaviour) => behaviour !== 'open'));
      world.fake.say('find', ...find);
      for (const { at, when } of deaths) {
        await workAndDie(world, new DyingStore(world.store, at, when));
        world.clock.advance(30_000);
      }
      const side = world.start();
      await settleDown(world, side);
      await assertTrue(t, world, side, JSON.stringify({ file, withdraw, find, deaths }));
    }),
    { numRuns: 15 },
  );
});
