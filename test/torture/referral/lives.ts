import { setTimeout as sleep } from 'node:timers/promises';
import type { Chance } from '../../end-to-end/random.ts';
import type { Ends } from './ends.ts';
import { otherSide, SIDES, STEPS, type Step } from './steps.ts';
import type { Way } from './ways.ts';

/** How long a life goes on whose step does not come: then it ends at that moment. */
const STEP_WITHIN_MS = 3_000;
const LIVES_MAX_MS = 1_500;
const DIES_RISING_CHANCE = 0.2;
const DIES_RISING_WITHIN_MS = 1_200;
/** The other one dies at the same time. */
const BOTH_DIE_CHANCE = 0.15;
/** What stands between them dies, where something does. */
const MIDDLE_DIES_CHANCE = 0.15;
const MIDDLE_DEAD_MAX_MS = 2_000;

export interface Deaths {
  readonly kills: Readonly<Record<string, number>>;
  readonly restarts: number;
}

interface LivesParts {
  readonly ends: Ends;
  readonly way: Way;
  readonly chance: Chance;
  /** Whether there is to be another death after so many cycles. */
  readonly goesOn: (cycle: number) => boolean;
}

/** Kills one gateway after the other, or both: each at the next named step of a message, or when that does not come. */
export async function liveAndDie({ ends, way, chance, goesOn }: LivesParts): Promise<Deaths> {
  const kills: Record<string, number> = {};
  let restarts = 0;
  const dieAndRise = async (side: Step['from'], where: string) => {
    const { gateway } = ends[side];
    await gateway.die();
    kills[where] = (kills[where] ?? 0) + 1;
    restarts += 1;
    if (chance.next() < DIES_RISING_CHANCE) {
      await gateway.rise();
      await sleep(chance.between(0, DIES_RISING_WITHIN_MS));
      await gateway.die();
      kills['at random'] = (kills['at random'] ?? 0) + 1;
      restarts += 1;
    }
    await gateway.rise();
  };
  const dieInTheMiddle = async (middle: NonNullable<Way['middle']>) => {
    await middle.die();
    kills['in the middle'] = (kills['in the middle'] ?? 0) + 1;
    await sleep(chance.between(0, MIDDLE_DEAD_MAX_MS));
    await middle.rise();
  };
  const steps = shuffled(STEPS, chance);
  for (let cycle = 0; goesOn(cycle); cycle++) {
    await sleep(chance.between(0, LIVES_MAX_MS));
    const step = steps[cycle % steps.length]!;
    const { from, kind, moment, dies } = step;
    const reached = await stopAt(way, step);
    const victim = dies === 'sender' ? from : otherSide(from);
    const where = reached ? `${kind} of the ${from} ${moment}, ${dies} dies` : 'at random';
    const both = chance.next() < BOTH_DIE_CHANCE;
    const { middle } = way;
    await Promise.all([
      ...(middle && chance.next() < MIDDLE_DIES_CHANCE ? [dieInTheMiddle(middle)] : []),
      dieAndRise(victim, where),
      ...(both ? [dieAndRise(otherSide(victim), 'with the other')] : []),
    ]);
  }
  return { kills, restarts };
}

/** Waits until a message comes to the step; answers whether one did. */
function stopAt({ lines }: Way, { from, ...step }: Step): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      lines[from].disarm();
      resolve(false);
    }, STEP_WITHIN_MS);
    lines[from].arm(step, () => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}

const SILENCE_EVERY_MAX_MS = 10_000;
const SILENCE_MAX_MS = 5_000;

interface SilenceParts {
  readonly way: Way;
  readonly chance: Chance;
  /** Share of silences after which nobody resets the connections. */
  readonly leftDeadShare: number;
  readonly isDay: () => boolean;
}

/** Lets one line or the other fall silent, again and again, until the day is over. */
export async function fallSilent({ way, chance, leftDeadShare, isDay }: SilenceParts): Promise<void> {
  while (isDay()) {
    await sleep(chance.between(1_000, SILENCE_EVERY_MAX_MS));
    if (!isDay()) return;
    const line = way.lines[chance.oneOf(SIDES)];
    await line.fallSilent(chance.between(500, SILENCE_MAX_MS), chance.next() >= leftDeadShare);
  }
}

function shuffled<T>(values: readonly T[], chance: Chance): T[] {
  const left = [...values];
  return values.map(() => left.splice(chance.between(0, left.length - 1), 1)[0]!);
}
