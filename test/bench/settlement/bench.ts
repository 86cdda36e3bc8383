import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child } from '../gateway/child.ts';
import { type Bench, COUNTED_RUNS, median, rounded, WARM_UPS } from '../report.ts';

const DESKS = 50;
const SECONDS_PER_RUN = 4;
/** 1101 for the eligibility; 1101, 2001, 2201, 2203, 2204, 2206 for the quote; 2207. */
const EXCHANGES = 8;

const GATEWAY = new URL('../gateway/gateway.ts', import.meta.url);
const UPSTREAM = new URL('./upstream.ts', import.meta.url);
const SKELETON = new URL('./skeleton.ts', import.meta.url);

export interface Load {
  readonly settled: number;
  readonly refused: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/**
 * Complete outpatient settlements, from the person to settled, at 50 desks: eight exchanges each, all journaled.
 * Beside it, in the same run, a skeleton that does the same number of store-forward-store steps. Then at half of the
 * gateway's peak rate, where what it adds to each exchange is measured over the insurer's own time.
 */
export const settlement: Bench = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'yikatong-bench-'));
  const key = 'yk_bench_key-of-the-bench-run';
  const upstream = await Child.start(UPSTREAM);
  const environment = { BENCH_UPSTREAM: String(upstream.port), BENCH_KEY: key };
  const file = (name: string) => ({ ...environment, BENCH_FILE: join(folder, `${name}.db`) });
  const targets = {
    skeleton: await Child.start(SKELETON, file('skeleton')),
    gateway: await Child.start(GATEWAY, file('gateway')),
  };
  const runs: Record<keyof typeof targets, Load[]> = { skeleton: [], gateway: [] };
  let settled = 0;
  for (let run = 0; run < WARM_UPS + COUNTED_RUNS; run++) {
    for (const name of Object.keys(targets) as (keyof typeof targets)[]) {
      const load = await press(targets[name].port, key);
      if (name === 'gateway') settled += load.settled;
      if (run >= WARM_UPS) runs[name].push(load);
    }
  }
  const peak = median(runs.gateway.map((load) => load.perSecond));
  await upstream.ask('count anew');
  const halves: Load[] = [];
  for (let run = 0; run < COUNTED_RUNS; run++) {
    const load = await press(targets.gateway.port, key, peak / 2);
    settled += load.settled;
    halves.push(load);
  }
  const { ownMs } = await upstream.ask<{ ownMs: number }>('count');
  const { settlements } = await targets.gateway.ask<{ settlements: number }>('settlements');
  for (const child of [...Object.values(targets), upstream]) await child.stop();
  rmSync(folder, { recursive: true, force: true });
  const perExchange = (ms: number) => rounded(ms / EXCHANGES - ownMs);
  const of = (loads: readonly Load[]) => ({
    settlementsPerSecond: Math.round(median(loads.map((load) => load.perSecond))),
    exchangesPerSecond: Math.round(EXCHANGES * median(loads.map((load) => load.perSecond))),
    p50AddedMs: perExchange(median(loads.map((load) => load.p50Ms))),
    p99AddedMs: perExchange(median(loads.map((load) => load.p99Ms))),
  });
  const [skeleton, gateway, half] = [of(runs.skeleton), of(runs.gateway), of(halves)];
  return {
    results: {
      ...{ skeleton, gateway, atHalfOfPeak: half, desks: DESKS, insurerOwnMs: rounded(ownMs) },
      ...{ settled, onFile: settlements },
    },
    ratios: {
      vsSkeleton: { value: rounded(gateway.exchangesPerSecond / skeleton.exchangesPerSecond), atLeast: 0.6 },
      p99AddedAtHalfMs: { value: half.p99AddedMs, atMost: 5 },
      onFilePerSettled: { value: rounded(settlements / settled, 6), atLeast: 1, atMost: 1 },
    },
  };
};

/** Fifty desks, as fast as they are answered, or so many settlements a second. */
export async function press(
  port: number,
  key: string,
  perSecond = 0,
  seconds = SECONDS_PER_RUN,
): Promise<Load> {
  const child = fork(new URL('./desks.ts', import.meta.url), {
    env: {
      ...process.env,
      LOAD_URL: `http://127.0.0.1:${port}`,
      LOAD_KEY: key,
      LOAD_DESKS: String(DESKS),
      LOAD_SECONDS: String(seconds),
      LOAD_PER_SECOND: String(perSecond),
    },
  });
  const [load] = (await once(child, 'message')) as [Load];
  if (load.refused > 0) throw new Error(`${load.refused} settlements were refused`);
  return load;
}
