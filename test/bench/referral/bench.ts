import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { natsIsMissing } from '../../setup/nats.ts';
import type { Scene } from '../../setup/process.ts';
import { Child } from '../gateway/child.ts';
import { type Bench, COUNTED_RUNS, median, type Ratio, rounded, WARM_UPS } from '../report.ts';
import { BUNDLE, CREATION } from './bodies.ts';
import { type EndToEnd, endToEnd } from './end-to-end.ts';
import { type Load, press } from './press.ts';
import { HTTP, NATS, type Way } from './ways.ts';

const CONNECTIONS = [1, 8, 50] as const;
const MOST = 50;
const SECONDS_PER_RUN = 3;

/** Where a link leads nobody: the sender's own work is measured, and its messages wait in the outbox. */
const NOWHERE = { kind: 'http', url: 'http://127.0.0.1:9' };

interface Target {
  readonly url: string;
  readonly body: object;
  readonly contentType?: string;
}

/**
 * Referrals created a second, durably and with full validation, by `POST /v1/referrals` and by transaction
 * Bundles to `/fhir`; beside them, in the same run,
 * a bare store-only skeleton. Then between two gateways on this machine: created here, durable there, receipt here.
 */
export const referral: Bench = async () => {
  const ends: (() => unknown)[] = [];
  const scene: Scene = { teardown: (end) => void ends.unshift(end) };
  const folder = mkdtempSync(join(tmpdir(), 'yikatong-bench-'));
  scene.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const key = 'yk_bench_key-of-the-bench-run';
  const fileOf = (name: string) => join(folder, `${name}.db`);
  try {
    const created = await measureCreation(key, fileOf);
    const skeleton = created.perSecondOf('skeleton');
    const natsMissing = natsIsMissing();
    const ways = await measureWays(natsMissing ? [HTTP] : [HTTP, NATS], { scene, key, fileOf });
    const skipped = natsMissing ? { nats: natsMissing.reason } : {};
    return {
      results: { ...created.results, endToEnd: { ...Object.fromEntries(ways), ...skipped } },
      ratios: { ...created.ratios, ...ratiosOf(ways, skeleton) },
    };
  } finally {
    for (const end of ends) await end();
  }
};

async function measureCreation(key: string, fileOf: (name: string) => string) {
  const skeleton = await Child.start(new URL('./skeleton.ts', import.meta.url), {
    BENCH_FILE: fileOf('skeleton'),
  });
  const gateway = await Child.start(new URL('./gateway.ts', import.meta.url), {
    ...{ BENCH_FILE: fileOf('create'), BENCH_KEY: key, BENCH_LINK: JSON.stringify(NOWHERE) },
  });
  const targets: Record<string, Target> = {
    skeleton: { url: `http://127.0.0.1:${skeleton.port}/`, body: CREATION },
    create: { url: `http://127.0.0.1:${gateway.port}/v1/referrals`, body: CREATION },
    fhir: {
      url: `http://127.0.0.1:${gateway.port}/fhir`,
      ...{ body: BUNDLE, contentType: 'application/fhir+json' },
    },
  };
  const names = Object.keys(targets);
  const loads = new Map<string, Load[]>();
  let [answered, runs] = [0, 0];
  const measure = async (name: string, connections: number, perSecond?: number) => {
    const load = await press({
      ...{ ...targets[name]!, key, connections, seconds: SECONDS_PER_RUN },
      ...(perSecond === undefined ? {} : { perSecond }),
    });
    if (name !== 'skeleton') {
      answered += load.answered;
      runs += 1;
    }
    return load;
  };
  // All take turns, so that a machine whose speed drifts treats them alike.
  for (const connections of CONNECTIONS)
    for (let run = 0; run < WARM_UPS + COUNTED_RUNS; run++)
      for (const name of names) {
        const load = await measure(name, connections);
        const at = `${name} ${connections}`;
        if (run >= WARM_UPS) loads.set(at, [...(loads.get(at) ?? []), load]);
      }
  const of = (name: string, connections: number) => summary(loads.get(`${name} ${connections}`) ?? []);
  const perSecondOf = (name: string) => of(name, MOST).perSecond;
  const halves: Load[] = [];
  for (let run = 0; run < COUNTED_RUNS; run++)
    halves.push(await measure('create', MOST, perSecondOf('create') / 2));
  const atHalf = summary(halves);
  const onFile = await gateway.rows();
  for (const child of [gateway, skeleton]) await child.stop();
  const results = Object.fromEntries(
    names.map((name) => [name, Object.fromEntries(CONNECTIONS.map((each) => [each, of(name, each)]))]),
  );
  const ratios: Record<string, Ratio> = {
    'create.vsSkeleton': {
      value: rounded(perSecondOf('create') / perSecondOf('skeleton')),
      atLeast: 0.3,
    },
    'fhir.vsSkeleton': { value: rounded(perSecondOf('fhir') / perSecondOf('skeleton')), atLeast: 0.3 },
    'create.p99AtHalfMs': { value: atHalf.p99Ms, atMost: 10 },
    // The load stops in mid-flight, so a few more may be on file than were answered; fewer never.
    'create.onFilePerAnswered': {
      value: rounded(onFile / answered, 6),
      atLeast: 1,
      atMost: rounded(1 + (runs * MOST) / answered, 6),
    },
  };
  return { results: { ...results, createAtHalf: atHalf, answered, onFile }, ratios, perSecondOf };
}

function summary(loads: readonly Load[]) {
  return {
    perSecond: Math.round(median(loads.map((load) => load.perSecond))),
    p50Ms: median(loads.map((load) => load.p50Ms)),
    p99Ms: median(loads.map((load) => load.p99Ms)),
  };
}

async function measureWays(
  ways: readonly Way[],
  given: { scene: Scene; key: string; fileOf: (name: string) => string },
): Promise<[string, EndToEnd][]> {
  const measured: [string, EndToEnd][] = [];
  for (const way of ways) {
    const counts = { warmUps: 1, runs: COUNTED_RUNS, seconds: SECONDS_PER_RUN };
    measured.push([way.name, await endToEnd({ ...given, ...counts, way })]);
  }
  return measured;
}

function ratiosOf(ways: readonly [string, EndToEnd][], skeletonPerSecond: number): Record<string, Ratio> {
  return Object.fromEntries(
    ways.flatMap(([name, { perSecond, answered, created, there, receipted }]) => [
      [`endToEnd.${name}.vsSkeleton`, { value: rounded(perSecond / skeletonPerSecond), atLeast: 0.1 }],
      [`endToEnd.${name}.createdPerAnswered`, { value: rounded(created / answered, 6), atLeast: 1 }],
      [`endToEnd.${name}.therePerCreated`, { value: rounded(there / created, 6), atLeast: 1, atMost: 1 }],
      [`endToEnd.${name}.receiptedPerThere`, { value: rounded(receipted / there, 6), atLeast: 1, atMost: 1 }],
    ]),
  );
}
