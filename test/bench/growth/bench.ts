import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child } from '../gateway/child.ts';
import { type Bench, COUNTED_RUNS, median, rounded } from '../report.ts';
import { press } from '../settlement/bench.ts';
import { fill, PER_PERSON } from './fill.ts';

const FEW = 10_000;
const MANY = 2_000_000;
const SECONDS_PER_RUN = 4;
const LOOKING_DESKS = 10;

const GATEWAY = new URL('../gateway/gateway.ts', import.meta.url);
const LOAD = new URL('../gateway/load.ts', import.meta.url);
const UPSTREAM = new URL('../settlement/upstream.ts', import.meta.url);

/** As `gateway.ts` of the bench has it. */
const DATA_KEY = Buffer.alloc(32, 7);

const search = JSON.stringify({
  identity: { documentType: 'resident-id', documentNumber: '111111198101011110', name: '张三' },
  limit: PER_PERSON,
});

/**
 * What years of settlements cost: a settlement, and a look at one person's history, with ten thousand settlements on
 * file and with two million. The two take turns in the same run.
 */
export const growth: Bench = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'yikatong-bench-'));
  const key = 'yk_bench_key-of-the-bench-run';
  const upstream = await Child.start(UPSTREAM);
  const start = (file: string) =>
    Child.start(GATEWAY, { BENCH_UPSTREAM: String(upstream.port), BENCH_KEY: key, BENCH_FILE: file });
  const sizes = { few: FEW, many: MANY };
  const gateways: Partial<Record<keyof typeof sizes, Child>> = {};
  for (const [name, count] of Object.entries(sizes) as [keyof typeof sizes, number][]) {
    const file = join(folder, `${name}.db`);
    await (await start(file)).stop();
    fill(file, count, DATA_KEY);
    gateways[name] = await start(file);
  }
  const measured = { few: { settle: [], lookup: [] }, many: { settle: [], lookup: [] } } as Record<
    keyof typeof sizes,
    { settle: number[]; lookup: number[] }
  >;
  for (let run = 0; run < 1 + COUNTED_RUNS; run++) {
    for (const name of ['few', 'many'] as const) {
      const { port } = gateways[name]!;
      const settled = await press(port, key, 0, SECONDS_PER_RUN);
      const looked = await look(port, key);
      if (run === 0) continue;
      measured[name].settle.push(settled.perSecond);
      measured[name].lookup.push(looked);
    }
  }
  for (const child of [...Object.values(gateways), upstream]) await child.stop();
  const manyGb = rounded(statSync(join(folder, 'many.db')).size / 2 ** 30, 1);
  rmSync(folder, { recursive: true, force: true });
  const rate = (name: keyof typeof sizes, what: 'settle' | 'lookup') => median(measured[name][what]);
  const slowdown = (what: 'settle' | 'lookup') => rounded(rate('few', what) / rate('many', what));
  return {
    results: {
      few: {
        onFile: FEW,
        settlePerSecond: Math.round(rate('few', 'settle')),
        lookupPerSecond: Math.round(rate('few', 'lookup')),
      },
      many: {
        onFile: MANY,
        settlePerSecond: Math.round(rate('many', 'settle')),
        lookupPerSecond: Math.round(rate('many', 'lookup')),
      },
      manyGb,
    },
    ratios: {
      settle: { value: slowdown('settle'), atMost: 1.2 },
      lookup: { value: slowdown('lookup'), atMost: 1.2 },
    },
  };
};

/** Looks at one person's history, as fast as it is answered; answers how often in a second. */
async function look(port: number, key: string): Promise<number> {
  const child = fork(LOAD, {
    env: {
      ...process.env,
      LOAD_URL: `http://127.0.0.1:${port}/v1/settlements/search`,
      LOAD_CONNECTIONS: String(LOOKING_DESKS),
      LOAD_SECONDS: String(SECONDS_PER_RUN),
      LOAD_HEADERS: JSON.stringify({ 'content-type': 'application/json', authorization: `Bearer ${key}` }),
      LOAD_BODY: search,
    },
  });
  const [load] = (await once(child, 'message')) as [{ perSecond: number; refused: number }];
  if (load.refused > 0) throw new Error(`${load.refused} looks were refused`);
  return load.perSecond;
}
