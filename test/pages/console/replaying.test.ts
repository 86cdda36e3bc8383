import t from 'tap';
import { replayInSteps, STEP } from '../../../src/pages/app/console/replaying.ts';

/** A gateway with so many dead messages. */
function gateway(dead: number) {
  let left = dead;
  return {
    get left() {
      return left;
    },
    ask: async (max: number) => {
      const matched = left;
      const replayed = Math.min(max, left);
      left -= replayed;
      return { matched, replayed, remaining: left };
    },
  };
}

t.test('many are sent again step by step, and how far it is gets told', async (t) => {
  const { ask } = gateway(STEP * 2 + 7);
  const told: number[] = [];
  const sum = await replayInSteps({
    ask,
    onProgress: (replayed) => told.push(replayed),
    signal: new AbortController().signal,
  });
  t.equal(sum, STEP * 2 + 7);
  t.strictSame(told, [STEP, STEP * 2, STEP * 2 + 7]);
});

t.test('who cancels stops it after the step under way, and the rest stays as it was', async (t) => {
  const full = gateway(STEP * 5);
  const controller = new AbortController();
  const sum = await replayInSteps({
    ask: full.ask,
    onProgress: (replayed) => replayed === STEP * 2 && controller.abort(),
    signal: controller.signal,
  });
  t.equal(sum, STEP * 2);
  t.equal(full.left, STEP * 3);
});

t.test('what others replay meanwhile is not waited for', async (t) => {
  const ask = async () => ({ matched: 3, replayed: 0, remaining: 3 });
  const { signal } = new AbortController();
  t.equal(await replayInSteps({ ask, onProgress: () => undefined, signal }), 0);
});
