import { watch } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MortalGateway } from '../../end-to-end/mortal.ts';
import type { Chance } from '../../end-to-end/random.ts';
import type { WatchedPayer } from './insurer.ts';
import { STEPS, type Step } from './steps.ts';

/** How long a life goes on that does not come to its step: then it ends at that moment. */
const LIFE_MAX_MS = 9_000;
/** How long a life works at most before its end is prepared. */
const WORKS_MAX_MS = 3_000;
/** What is loaded into a life happens in its first seconds. */
const PRELOADED_LIVES_MS = 7_000;
const DIES_RISING_CHANCE = 0.3;
const DIES_RISING_WITHIN_MS = 1_500;
/** How long the store is waited for to commit once more. */
const COMMIT_WITHIN_MS = 500;

/** What lives were led under, in turn with ordinary ones. Clocks are set early, so that they matter no more at the end. */
const JUMP_AHEAD_MS = 60_000;
const JUMP_BACK_MS = -20 * 60_000;

export interface Deaths {
  readonly kills: Record<string, number>;
  readonly restarts: number;
  readonly jumps: number;
  readonly fullDisks: number;
}

interface LivesParts {
  readonly gateway: MortalGateway;
  readonly watched: WatchedPayer;
  readonly chance: Chance;
  /** The file of the store. */
  readonly store: string;
  readonly cycles: number;
  /** Runs at the start of each life. */
  readonly begin: () => void;
}

/**
 * Lets the gateway live and die so many times: each time at the next of the named steps, or when that takes too long.
 * Some die once more, while they take up what the last life left.
 */
export async function liveAndDie(parts: LivesParts): Promise<Deaths> {
  const { gateway, watched, chance, store, cycles, begin } = parts;
  const kills: Record<string, number> = {};
  const counts = { restarts: 0, jumps: 0, fullDisks: 0 };
  const die = async (where: string) => {
    await gateway.die();
    kills[where] = (kills[where] ?? 0) + 1;
    counts.restarts += 1;
  };
  const steps = shuffled(STEPS, chance);
  let livesAtLeastMs = 0;
  for (let cycle = 1; cycle <= cycles; cycle++) {
    begin();
    await sleep(Math.max(livesAtLeastMs, chance.between(0, WORKS_MAX_MS)));
    const step = steps[(cycle - 1) % steps.length]!;
    const reached = await stopAt(watched, step);
    if (reached && step.moment === 'stored') await nextCommit(store);
    await die(reached ? `${step.flow} ${step.moment}` : 'at random');
    if (chance.next() < DIES_RISING_CHANCE) {
      await gateway.rise();
      await sleep(chance.between(0, DIES_RISING_WITHIN_MS));
      await die('at random');
    }
    const preload = preloaded(cycle, cycles, counts);
    livesAtLeastMs = preload === undefined ? 0 : PRELOADED_LIVES_MS;
    await gateway.rise(preload);
  }
  return { kills, ...counts };
}

/** Waits until an exchange comes to the step; answers whether one did. */
function stopAt(watched: WatchedPayer, step: Step): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), LIFE_MAX_MS);
    watched.onReached = ({ flow, moment }) => {
      if (flow !== step.flow || moment !== step.moment) return;
      clearTimeout(timer);
      resolve(true);
    };
    watched.arm(step);
  });
}

async function nextCommit(store: string): Promise<void> {
  const controller = new AbortController();
  const written = new Promise<void>((resolve) => {
    watch(`${store}-wal`, { signal: controller.signal }, () => resolve());
  });
  await Promise.race([written, sleep(COMMIT_WITHIN_MS)]);
  controller.abort();
}

/** What the life after this cycle is led under: once each a minute ahead, twenty minutes back, and a full disk. */
function preloaded(
  cycle: number,
  cycles: number,
  counts: { jumps: number; fullDisks: number },
): Record<string, string> | undefined {
  const file = (name: string) => new URL(name, import.meta.url).href;
  const withPreload = (url: string) => ({ NODE_OPTIONS: `--import ${url}` });
  if (cycle === Math.ceil(cycles * 0.1) || cycle === Math.ceil(cycles * 0.3)) {
    counts.jumps += 1;
    return withPreload(file(`clock-jump.ts?ms=${counts.jumps === 1 ? JUMP_AHEAD_MS : JUMP_BACK_MS}`));
  }
  if (cycle !== Math.ceil(cycles * 0.5)) return undefined;
  counts.fullDisks += 1;
  return withPreload(file('full-disk.ts'));
}

function shuffled<T>(values: readonly T[], chance: Chance): T[] {
  const left = [...values];
  return values.map(() => left.splice(chance.between(0, left.length - 1), 1)[0]!);
}
