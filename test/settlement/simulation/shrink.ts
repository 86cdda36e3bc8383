import type { Disk } from './disk.ts';
import { play } from './history.ts';
import type { Plan } from './plan.ts';

/** Histories played in search of a smaller one. */
const PLAYS_MAX = 400;
/** A smaller plan meets other chances: it is tried with so many seeds. */
const SEEDS = 8;
const LINES_SHOWN = 80;

/** A plan that fails, too, with as little in it as could be found. */
export async function shrunken(failing: Plan, disk: Disk): Promise<Plan> {
  let [smallest, plays] = [failing, 0];
  const failsWith = async (plan: Plan): Promise<Plan | undefined> => {
    for (let seed = plan.seed; seed < plan.seed + SEEDS && plays < PLAYS_MAX; seed++) {
      plays += 1;
      if ((await play({ ...plan, seed }, disk)).failures.length > 0) return { ...plan, seed };
    }
    return undefined;
  };
  for (let smaller: Plan | undefined = failing; smaller && plays < PLAYS_MAX; ) {
    smaller = undefined;
    for (const plan of smallerThan(smallest)) {
      smaller = await failsWith(plan);
      if (!smaller) continue;
      smallest = smaller;
      break;
    }
  }
  return smallest;
}

function* smallerThan(plan: Plan): Generator<Plan> {
  if (plan.bills > 1) yield { ...plan, bills: 1 };
  if (plan.gateways > 1) yield { ...plan, gateways: 1 };
  if (plan.payersMax > 1) yield { ...plan, payersMax: 1 };
  const half = plan.troubles.length >> 1;
  if (half > 1) {
    yield { ...plan, troubles: plan.troubles.slice(0, half) };
    yield { ...plan, troubles: plan.troubles.slice(half) };
  }
  for (const without of plan.troubles)
    yield { ...plan, troubles: plan.troubles.filter((trouble) => trouble !== without) };
}

/** What went wrong, how to play it again, and its last lines. */
export async function told(plan: Plan, disk: Disk): Promise<string> {
  const small = await shrunken(plan, disk);
  const lines: string[] = [];
  const { failures } = await play(small, disk, (line) => lines.push(line));
  return [
    `SEED=${plan.seed} npx tap test/settlement/simulation/simulation.test.ts`,
    `PLAN='${JSON.stringify(small)}' npx tap test/settlement/simulation/simulation.test.ts`,
    ...failures.map((failure) => `✗ ${failure}`),
    ...lines.slice(-LINES_SHOWN),
  ].join('\n');
}
