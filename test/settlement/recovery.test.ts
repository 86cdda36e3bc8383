import t, { type Test } from 'tap';
import { currentLeg } from '../../src/settlement/legs.ts';
import { query } from '../../src/store/query.ts';
import { SAMPLE_NAME, SAMPLE_NUMBER } from '../helper.ts';
import type { FakeInsurer } from './fake.ts';
import { BILL, caller, DyingStore, newWorld, sampleBill } from './parts.ts';

const act = (name: string) => ({ id: 's-1', act: name, caller });

const answered = query<{ transaction: string }, { outcome: string }>('test.answered', (db, arg) =>
  db
    .selectFrom('exchanges')
    .select('outcome')
    .where('transaction', '=', arg('transaction'))
    .where('outcome', '=', 'accepted'),
);

/** A gateway that dies after it stored the acceptance of a transaction, before it acted on it. */
async function diedAnswered(t: Test, transaction: '2207' | '2208', stored: FakeInsurer['stored'] = 'useful') {
  for (let at = 1; at < 100; at++) {
    const world = await newWorld(t);
    world.insurer.stored = stored;
    const store = new DyingStore(world.store, at, 'after');
    const dying = world.start(store);
    try {
      await dying.service.create('s-1', true, caller, async () => sampleBill());
      await dying.service.reverse(act('reverse'));
    } catch (error) {
      if (!store.dead) throw error;
    }
    const [accepted] = await world.store.all(answered, { transaction });
    if (!accepted) continue;
    const next = world.start();
    const { row } = await next.service.get('s-1');
    t.equal(row.state, transaction === '2207' ? 'settling' : 'reversing');
    await next.worker.takeOver();
    await next.worker.runOnce();
    return { world, next, insurer: world.insurer };
  }
  throw new Error(`no commit stores the answer of ${transaction}`);
}

t.test('a settling whose answer is on disk is ended with it, and nothing is undone', async (t) => {
  const { next, insurer } = await diedAnswered(t, '2207');
  const settlement = await next.service.get('s-1');
  t.equal(settlement.row.state, 'settled');
  t.equal(settlement.row.cash_fen, 4_92);
  t.equal(currentLeg(settlement).number, insurer.live(BILL)[0]?.number);
  t.type(currentLeg(settlement).own_id, 'string');
  t.notOk(insurer.received.includes('2601'));
  t.equal((await next.service.reverse(act('reverse'))).row.state, 'reversed');
});

t.test('a reversal whose answer is on disk is ended with it', async (t) => {
  const { next, insurer } = await diedAnswered(t, '2208');
  const settlement = await next.service.get('s-1');
  t.equal(settlement.row.state, 'reversed');
  t.match(currentLeg(settlement).reversal_number, /^R /);
  t.same(insurer.live(BILL), []);
  t.notOk(insurer.received.includes('2601'));
});

t.test('a stored answer that cannot be read counts as lost', async (t) => {
  for (const stored of ['useless', 'throws'] as const) {
    const { world, next, insurer } = await diedAnswered(t, '2207', stored);
    t.equal((await next.service.get('s-1')).row.state, 'in-doubt', stored);
    world.clock.advance(10_000);
    await next.worker.runOnce();
    t.equal((await next.service.get('s-1')).row.state, 'settled', stored);
    t.equal(insurer.live(BILL).length, 1);
    t.same(insurer.doubled, []);
  }
});

t.test('a bug of an adapter is logged without the words that came with it', async (t) => {
  const world = await newWorld(t);
  world.insurer.asked = () => {
    // The search of the suite's log finds the name if any line of this is logged.
    throw new Error(`unexpected\n    ${SAMPLE_NAME} ${SAMPLE_NUMBER}`);
  };
  const { row } = await world.start().service.create('s-1', true, caller, async () => sampleBill());
  t.equal(row.state, 'draft');
  t.equal(row.cause_code, 'gateway.fault');
});

t.test('nothing is undone while the insurer may still be at it', async (t) => {
  const world = await newWorld(t);
  const gateway = world.start();
  await gateway.service.create('s-1', false, caller, async () => sampleBill());
  world.insurer.say('2207', 'lose-after');
  const lost = await gateway.service.confirm(act('confirm'));
  t.equal(lost.row.state, 'in-doubt');
  // The answer would have been waited for five seconds and a moment.
  world.clock.advance(5_000);
  await gateway.worker.runOnce();
  t.notOk(world.insurer.received.includes('2601'));
  world.clock.advance(5_000);
  await gateway.worker.runOnce();
  t.ok(world.insurer.received.includes('2601'));
  t.equal((await gateway.service.get('s-1')).row.state, 'settled');
});

t.test('a gateway takes over from its own earlier runs only, whatever the others are called', async (t) => {
  const world = await newWorld(t);
  const other = world.start(world.store, { gatewayId: 'gateway-1' });
  const begun = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  world.insurer.before = (transaction) => {
    if (transaction !== '2207') return undefined;
    begun.resolve();
    return released.promise;
  };
  const settling = other.service.create('s-1', true, caller, async () => sampleBill());
  await begun.promise;
  const similar = world.start(world.store, { gatewayId: 'gateway_1' });
  await similar.worker.takeOver();
  t.equal(await similar.worker.runOnce(), 0);
  released.resolve();
  t.equal((await settling).row.state, 'settled');
});
