import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'undici';
import { Child } from '../gateway/child.ts';
import { type Bench, rounded } from '../report.ts';
import { DESKS, deskId, HIS_KEY } from './keys.ts';

/** Readings before anything is measured: the code that runs is then the code that runs all day. */
const WARM_UPS = 200;

/** One reading a second in all, as the region has it; then as twenty times as many would want it. */
const phases = {
  calm: { perSecond: 1, readings: 120 },
  busy: { perSecond: 20, readings: 1_000 },
};

const BODY = JSON.stringify({ accept: ['social-security-card'], timeoutMs: 5_000 });

interface Memory {
  readonly rss: number;
  readonly heap: number;
}

/**
 * What the line to a desk adds to a reading, and what a desk costs its gateway in memory: a thousand desks with a reader
 * each on one gateway in production form. The same reading is made at the gateway's own reader as often, halfway
 * between; what is added is the difference of the two, at the median and at the 99th of a hundred.
 */
export const desks: Bench = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'yikatong-bench-'));
  const field = await Child.start(new URL('./readers.ts', import.meta.url));
  const { ports } = await field.ask<{ ports: number[] }>('ports');
  const environment = { BENCH_READERS: JSON.stringify(ports), BENCH_FILE: join(folder, 'desks.db') };
  const gateway = await Child.start(new URL('./gateway.ts', import.meta.url), environment);
  const his = new Client(`http://127.0.0.1:${gateway.port}`);
  await until(async () => (await readersOf(his)).includes('local'));
  for (let reading = 0; reading < WARM_UPS; reading++) await read(his, 'local');
  const before = await gateway.ask<Memory>('memory');
  const there = await Child.start(new URL('./desks.ts', import.meta.url), {
    ...environment,
    BENCH_GATEWAY: String(gateway.port),
  });
  await there.ask('join');
  await until(async () => (await readersOf(his)).length === DESKS + 1);
  const after = await gateway.ask<Memory>('memory');
  for (let reading = 1; reading <= WARM_UPS; reading++) await read(his, `${deskId(reading)}.reader`);

  const calm = await measure(his, phases.calm);
  const busy = await measure(his, phases.busy);
  const worked = await gateway.ask<Memory>('memory');
  await his.close();
  for (const child of [there, gateway, field]) await child.stop();
  rmSync(folder, { recursive: true, force: true });

  const perDesk = (use: keyof Memory, then: Memory) => rounded((then[use] - before[use]) / DESKS / 1_000, 1);
  const memory = {
    rssKb: perDesk('rss', after),
    heapKb: perDesk('heap', after),
    rssKbAfterWork: perDesk('rss', worked),
    heapKbAfterWork: perDesk('heap', worked),
  };
  return {
    results: { desks: DESKS, memory, calm, busy },
    ratios: {
      p99AddedMs: { value: calm.p99AddedMs, atMost: 10 },
      p99AddedMsBusy: { value: busy.p99AddedMs, atMost: 10 },
      kBPerDesk: { value: Math.max(memory.rssKb, memory.heapKb), atMost: 40 },
    },
  };
};

async function measure(his: Client, { perSecond, readings }: { perSecond: number; readings: number }) {
  const local: number[] = [];
  const remote: number[] = [];
  const startedAt = performance.now();
  const at = (turn: number) => sleep(Math.max(0, startedAt + (turn * 1_000) / perSecond - performance.now()));
  for (let reading = 0; reading < readings; reading++) {
    await at(reading);
    // A desk that has not read for long, as most have not.
    remote.push(await read(his, `${deskId(((reading * 37) % DESKS) + 1)}.reader`));
    await at(reading + 0.5);
    local.push(await read(his, 'local'));
  }
  const [here, there] = [local, remote].map((all) => ({
    p50Ms: percentile(all, 0.5),
    p99Ms: percentile(all, 0.99),
  }));
  return {
    readings,
    perSecond,
    local: here!,
    remote: there!,
    p50AddedMs: rounded(there!.p50Ms - here!.p50Ms),
    p99AddedMs: rounded(there!.p99Ms - here!.p99Ms),
  };
}

/** Makes a reading; answers how long it took, in ms. */
async function read(his: Client, reader: string): Promise<number> {
  const startedAt = performance.now();
  const { statusCode, body } = await his.request({
    path: `/v1/readers/${reader}/readings`,
    method: 'POST',
    headers: { authorization: `Bearer ${HIS_KEY}`, 'content-type': 'application/json' },
    body: BODY,
  });
  const text = await body.text();
  if (statusCode !== 201) throw new Error(`${reader}: ${statusCode} ${text}`);
  return performance.now() - startedAt;
}

/** The readers that are ready. */
async function readersOf(his: Client): Promise<string[]> {
  const { body } = await his.request({
    path: '/v1/readers',
    method: 'GET',
    headers: { authorization: `Bearer ${HIS_KEY}` },
  });
  const { items } = (await body.json()) as { items: { id: string; state: string }[] };
  return items.filter(({ state }) => state === 'ready').map(({ id }) => id);
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(100);
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return rounded(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN);
}
