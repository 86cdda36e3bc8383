import t, { type Test } from 'tap';
import { ReaderPool } from '../../src/card/pool.ts';
import { Fault } from '../../src/errors.ts';
import { Events } from '../../src/events/events.ts';
import { loadProfiles, type SocialSecurityProfile, virtualCardOf } from '../../src/sandbox/cards/cards.ts';
import { TestClock, testLogger } from '../helper.ts';
import { PluggedReader } from './slots.ts';
import { settle, TestTimers } from './timers.ts';

const card = () => virtualCardOf(loadProfiles().get('social-security-v2') as SocialSecurityProfile);

async function watched(t: Test) {
  const clock = new TestClock();
  const timers = new TestTimers(clock);
  const events = new Events(clock);
  const driver = new PluggedReader();
  const pool = new ReaderPool({
    readers: [{ id: 'desk-1', driver, watch: true }],
    clock,
    timers,
    random: () => 0.5,
    events,
    logger: testLogger(),
  });
  const told: string[] = [];
  events.listen(({ type, data }) => {
    if (type.startsWith('card.')) told.push(`${type} ${data.place}`);
  });
  pool.start();
  await settle();
  t.teardown(() => pool.close());
  return { pool, timers, events, driver, told };
}

t.test('a card that comes and goes between readings is told, once each', async (t) => {
  const { timers, driver, told } = await watched(t);
  await timers.advance(2_000);
  t.strictSame(told, []);
  driver.slot.insert(card());
  await timers.advance(2_000);
  t.strictSame(told, ['card.present contact']);
  driver.slot.insert(undefined);
  await timers.advance(2_000);
  t.strictSame(told, ['card.present contact', 'card.removed contact']);
});

t.test(
  'looking leaves the reader ready, and a reading that comes waits for the end of the look',
  async (t) => {
    const { pool, timers, driver } = await watched(t);
    let endLook = () => {};
    driver.slot.present = () =>
      new Promise<boolean>((resolve) => {
        endLook = () => resolve(true);
      });
    await timers.advance(500);
    t.equal(pool.status('desk-1').state, 'ready');
    const order: string[] = [];
    const use = pool.use('desk-1', async () => void order.push('used'), { limitMs: 1_000 });
    await settle();
    order.push('look ends');
    endLook();
    await use;
    t.strictSame(order, ['look ends', 'used']);
  },
);

t.test(
  'a look that finds the reader gone is a loss like any other; a card that refuses is not',
  async (t) => {
    const { pool, timers, driver, told } = await watched(t);
    driver.slot.present = async () => {
      throw new Fault('card.refused');
    };
    await timers.advance(1_000);
    t.equal(pool.status('desk-1').state, 'ready');
    t.equal(pool.status('desk-1').counters.failures, 0);
    driver.present = false;
    driver.slot.present = async () => {
      throw new Fault('reader.lost');
    };
    await timers.advance(600);
    t.not(pool.status('desk-1').state, 'ready');
    t.strictSame(told, []);
  },
);

t.test('after the pool was closed nothing is looked at', async (t) => {
  const { pool, timers, driver, told } = await watched(t);
  await pool.close();
  driver.slot.insert(card());
  await timers.advance(5_000);
  t.strictSame(told, []);
});
