import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bench, COUNTED_RUNS, median, rounded, WARM_UPS } from '../report.ts';
import { Child } from './child.ts';

const CONNECTIONS = 50;
const SECONDS_PER_RUN = 4;

interface Load {
  readonly answered: number;
  readonly refused: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** The same body goes to all three, through the same kind of load. */
const body = JSON.stringify({
  input: {
    data: {
      mdtrt_cert_type: '02',
      mdtrt_cert_no: '111111198101011110',
      psn_cert_type: '01',
      certno: '111111198101011110',
      psn_name: '张三',
    },
  },
});

/**
 * Durable exchanges per second: a transaction comes in over HTTP, is checked, written down, signed, forwarded to a
 * local upstream, its answer checked and written down, and answered. Beside it, in the same run, a bare echo and a
 * bare store-forward-store skeleton.
 */
export const gateway: Bench = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'yikatong-bench-'));
  const key = 'yk_bench_key-of-the-bench-run';
  const upstream = await Child.start('./upstream.ts');
  const environment = { BENCH_UPSTREAM: String(upstream.port), BENCH_KEY: key };
  const targets = {
    echo: { child: await Child.start('./echo.ts'), path: '/' },
    skeleton: {
      child: await Child.start('./skeleton.ts', { ...environment, BENCH_FILE: join(folder, 'skeleton.db') }),
      path: '/',
    },
    gateway: {
      child: await Child.start('./gateway.ts', { ...environment, BENCH_FILE: join(folder, 'gateway.db') }),
      path: '/v1/insurers/nhsa/transactions/1101',
    },
  };
  const runs: Record<keyof typeof targets, Load[]> = { echo: [], skeleton: [], gateway: [] };
  const answered: Record<keyof typeof targets, number> = { echo: 0, skeleton: 0, gateway: 0 };
  // The three take turns, so that a machine whose speed drifts treats them alike.
  for (let run = 0; run < WARM_UPS + COUNTED_RUNS; run++) {
    for (const name of Object.keys(targets) as (keyof typeof targets)[]) {
      const load = await press(targets[name].child.port, targets[name].path, key);
      if (load.refused > 0) throw new Error(`${name} refused ${load.refused} requests`);
      answered[name] += load.answered;
      if (run >= WARM_UPS) runs[name].push(load);
    }
  }
  const stored = await targets.gateway.child.rows();
  const results = Object.fromEntries(
    Object.entries(runs).map(([name, loads]) => [
      name,
      {
        perSecond: Math.round(median(loads.map((load) => load.perSecond))),
        p50Ms: median(loads.map((load) => load.p50Ms)),
        p99Ms: median(loads.map((load) => load.p99Ms)),
      },
    ]),
  ) as Record<keyof typeof targets, { perSecond: number; p50Ms: number; p99Ms: number }>;
  for (const { child } of Object.values(targets)) await child.stop();
  await upstream.stop();
  rmSync(folder, { recursive: true, force: true });
  return {
    results: { ...results, connections: CONNECTIONS, answered: answered.gateway, stored },
    ratios: {
      vsSkeleton: { value: rounded(results.gateway.perSecond / results.skeleton.perSecond), atLeast: 0.6 },
      vsEcho: { value: rounded(results.gateway.perSecond / results.echo.perSecond), atLeast: 0.08 },
      p99Ms: { value: results.gateway.p99Ms, atMost: 50 },
      // The load stops in mid-flight, so a few more may be stored than were answered; fewer never.
      storedPerAnswered: {
        value: rounded(stored / answered.gateway, 6),
        atLeast: 1,
        atMost: rounded(1 + ((WARM_UPS + COUNTED_RUNS) * CONNECTIONS) / answered.gateway, 6),
      },
    },
  };
};

async function press(port: number, path: string, key: string): Promise<Load> {
  const child = fork(new URL('./load.ts', import.meta.url), {
    env: {
      ...process.env,
      LOAD_URL: `http://127.0.0.1:${port}${path}`,
      LOAD_CONNECTIONS: String(CONNECTIONS),
      LOAD_SECONDS: String(SECONDS_PER_RUN),
      LOAD_HEADERS: JSON.stringify({ 'content-type': 'application/json', authorization: `Bearer ${key}` }),
      LOAD_BODY: body,
    },
  });
  const [load] = (await once(child, 'message')) as [Load];
  return load;
}
