import t from 'tap';
import { Disk } from './disk.ts';
import { play } from './history.ts';
import { type Plan, planOf, TROUBLES, type Trouble } from './plan.ts';
import { told } from './shrink.ts';

/** Histories that are played each time; one more has a seed of its own. */
const HISTORIES = 200;
const LINES_COMPARED_MIN = 100;

const disk = await Disk.open();

/** The plans to play: the one that SEED or PLAN in the environment names, or many. */
function plans(): Plan[] {
  if (process.env.PLAN !== undefined) return [JSON.parse(process.env.PLAN) as Plan];
  if (process.env.SEED !== undefined) return [planOf(Number(process.env.SEED))];
  const seeds = Array.from({ length: HISTORIES }, (_, index) => index + 1);
  return [...seeds, Date.now() % 2 ** 31].map((seed) => planOf(seed));
}

t.test(
  'whatever goes wrong, no bill is settled twice and the ledger is what the insurers have',
  async (t) => {
    const met = new Map<Trouble, number>();
    let [settlements, reviewed] = [0, 0];
    const all = plans();
    t.comment(`SEED=${all.at(-1)?.seed}`);
    for (const plan of all) {
      const history = await play(plan, disk);
      settlements += history.settlements;
      reviewed += history.reviewed;
      for (const [trouble, times] of history.met) met.set(trouble, (met.get(trouble) ?? 0) + times);
      if (history.failures.length > 0) t.fail(await told(plan, disk));
    }
    t.comment(`${all.length} histories, ${settlements} settlements, ${reviewed} needed a person`);
    t.comment([...met].map(([trouble, times]) => `${trouble} ${times}`).join(', '));
    if (all.length === 1) return;
    t.same(
      TROUBLES.filter((trouble) => !met.has(trouble)),
      [],
      'every trouble was met',
    );
    t.ok(reviewed > 0, 'some settlements needed a person');
  },
);

t.test('a plan plays the same history each time', async (t) => {
  const record = async () => {
    const lines: string[] = [];
    await play(planOf(7, { gateways: 2, bills: 6, troubles: TROUBLES }), disk, (line) => lines.push(line));
    return lines;
  };
  const first = await record();
  t.ok(first.length > LINES_COMPARED_MIN);
  t.same(await record(), first);
});
