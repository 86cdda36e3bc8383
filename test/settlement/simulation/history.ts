import { brokenPromises, isQuiet } from './checks.ts';
import { Clerk } from './clerk.ts';
import type { Disk } from './disk.ts';
import { reviewAll } from './person.ts';
import type { Plan, Trouble } from './plan.ts';
import { World } from './world.ts';

const MINUTE = 60_000;
/** How long things go wrong. */
const TROUBLED_MS = 60 * MINUTE;
/** How long it may take afterwards until nothing is left to be done: a list of the day is hours away. */
const QUIET_WITHIN_MS = 5 * 24 * 60 * MINUTE;
/** One person's finding may lead on to the next payer, and to the next question. */
const REVIEWS_MAX = 12;

/** What a history came to. */
export interface History {
  readonly failures: readonly string[];
  readonly met: ReadonlyMap<Trouble, number>;
  /** Settlements that a person had to look at. */
  readonly reviewed: number;
  readonly settlements: number;
}

/**
 * Plays one history: some clerks and gateways in trouble for an hour, then calm until nothing is left to be done, then
 * a person for what the gateway can't tell, and calm again. The promises are checked at both ends.
 */
export async function play(plan: Plan, disk: Disk, log?: (line: string) => void): Promise<History> {
  disk.clear();
  const world = new World(plan, disk, log);
  let working = plan.bills;
  for (let bill = 1; bill <= plan.bills; bill++) {
    const clerk = new Clerk(world, `B${bill}`, world.chanceOf(100 + bill));
    clerk.work().then(
      () => {
        working -= 1;
      },
      (error: unknown) => world.bugs.push(String((error as Error).stack)),
    );
  }
  const rest = async () => {
    const until = world.schedule.now + QUIET_WITHIN_MS;
    do await world.schedule.runUntil(world.schedule.now + 10 * MINUTE);
    while ((working > 0 || !isQuiet(world)) && world.schedule.now < until);
  };

  await world.schedule.runUntil(world.schedule.now + TROUBLED_MS);
  world.becomeCalm();
  await rest();
  const failures = brokenPromises(world);
  if (working > 0) failures.push(`${working} clerks are still waiting`);
  let reviewed = 0;
  for (let time = 0; time < REVIEWS_MAX && failures.length === 0; time++) {
    const looked = await reviewAll(world);
    if (looked === 0) break;
    reviewed += looked;
    await rest();
    failures.push(...brokenPromises(world));
  }
  failures.push(...(await repeated(world)));
  for (const gateway of world.gateways) gateway.life.end();
  const [{ settlements } = { settlements: 0 }] = disk.list<{ settlements: number }>((db) =>
    db.selectFrom('settlements').select((row) => row.fn.countAll<number>().as('settlements')),
  );
  return { failures, met: world.met, reviewed, settlements };
}

/** Every request that was answered is answered the same once more. */
async function repeated(world: World): Promise<string[]> {
  const failures: string[] = [];
  const asked = world.acknowledged.map(async ({ key, ask, reply }) => {
    const again = await world.gateways[0]!.call(key, ask);
    if (JSON.stringify(again) !== JSON.stringify(reply))
      failures.push(`${key} was answered ${JSON.stringify(reply)}, and then ${JSON.stringify(again)}`);
  });
  await world.schedule.runUntil(world.schedule.now + MINUTE);
  await Promise.race([Promise.all(asked), new Promise(setImmediate)]);
  return failures;
}
