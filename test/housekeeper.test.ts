import { setImmediate as turn } from 'node:timers/promises';
import { pino } from 'pino';
import t from 'tap';
import { Housekeeper } from '../src/housekeeper.ts';

const EVERY_MS = 15 * 60_000;

function setUp(chores: Record<string, () => Promise<unknown>>) {
  const lines: string[] = [];
  const logger = pino({}, { write: (line: string) => lines.push(line) });
  return { housekeeper: new Housekeeper(logger, chores), told: () => lines.map((line) => JSON.parse(line)) };
}

t.test('the chores are done one after the other', async (t) => {
  const done: string[] = [];
  const chore = (name: string) => async () => {
    done.push(`${name} begins`);
    await turn();
    done.push(`${name} ends`);
  };
  await setUp({ a: chore('a'), b: chore('b') }).housekeeper.runOnce();
  t.same(done, ['a begins', 'a ends', 'b begins', 'b ends']);
});

t.test('a chore that fails is told of, without what failed, and keeps the others from nothing', async (t) => {
  let others = 0;
  const { housekeeper, told } = setUp({
    'expired answers': async () => {
      throw new Error('the store is busy');
    },
    'expired readings': async () => {
      others += 1;
    },
  });
  await housekeeper.runOnce();
  t.equal(others, 1);
  t.match(told(), [{ level: 40, chore: 'expired answers', err: { type: 'Error' } }]);
});

t.test(
  'it works every quarter of an hour until it is stopped, and a stop waits for what is under way',
  async (t) => {
    let rounds = 0;
    let ring = (): void => undefined;
    let finish = (): void => undefined;
    t.intercept(globalThis, 'setInterval', {
      value: (work: () => void, everyMs: number) => {
        t.equal(everyMs, EVERY_MS);
        ring = work;
        return { unref: () => undefined };
      },
    });
    const { housekeeper } = setUp({
      slow: () => {
        rounds += 1;
        return new Promise<void>((resolve) => {
          finish = resolve;
        });
      },
    });
    housekeeper.start();
    t.equal(rounds, 0, 'nothing at once: the gateway has just started');
    ring();
    ring();
    await turn();
    t.equal(rounds, 1, 'a slow round is not overtaken by the next');
    finish();
    await turn();
    t.equal(rounds, 2);
    let stopped = false;
    const stopping = housekeeper.stop().then(() => {
      stopped = true;
    });
    await turn();
    t.notOk(stopped);
    finish();
    await stopping;
    t.ok(stopped);
  },
);
