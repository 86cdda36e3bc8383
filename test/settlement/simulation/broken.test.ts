import t from 'tap';
import { Disk } from './disk.ts';
import { play } from './history.ts';
import { type Breakage, type Plan, planOf, TROUBLES, type Trouble } from './plan.ts';
import { told } from './shrink.ts';

// The simulation shown to notice: cores and adapters that are broken on purpose.

const disk = await Disk.open();

/** What is met that shows each breakage soonest. */
const SHOWN_BY: Readonly<Record<Breakage, readonly Trouble[]>> = {
  'unknown-is-refused': ['lose-answer', 'truncate', '5xx-after', 'system-error-after'],
  'resend-without-undoing': ['lose-answer', 'answer-late'],
  'not-yet-is-never': ['lose-answer', 'act-late'],
  'no-answer-check': ['swap-answers', 'answer-twice'],
  'acknowledge-before-commit': ['kill'],
};
/** What it must be found out by: not any oddity, but money that is not where it should be. */
const MONEY_IS_WRONG = /twice at a time|we have .* they|unwritten/;
const BROKEN_HISTORIES_MAX = 150;

for (const [broken, troubles] of Object.entries(SHOWN_BY) as [Breakage, readonly Trouble[]][]) {
  t.test(`a gateway that is broken is found out: ${broken}`, async (t) => {
    for (let seed = 1; seed <= BROKEN_HISTORIES_MAX; seed++) {
      const { failures } = await play(planOf(seed, { broken, troubles, bills: 3, gateways: 1 }), disk);
      const found = failures.find((failure) => MONEY_IS_WRONG.test(failure));
      if (found === undefined) continue;
      t.comment(`in history ${seed}: ${found}`);
      return t.pass('found out');
    }
    return t.fail(`not found out in ${BROKEN_HISTORIES_MAX} histories`);
  });
}

t.test('a history that fails is told with what repeats it, made smaller', async (t) => {
  const plan = planOf(1, { broken: 'resend-without-undoing', bills: 3, troubles: TROUBLES });
  const text = await told(plan, disk);
  t.match(text, /^SEED=1 npx tap/);
  const [, small = '{}'] = /PLAN='(.*)'/.exec(text) ?? [];
  const { bills, troubles } = JSON.parse(small) as Plan;
  t.equal(bills, 1);
  t.ok(troubles.length < TROUBLES.length / 2);
  t.match(text, /✗ .*twice|✗ .*they/);
});
