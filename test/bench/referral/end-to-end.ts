import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '../../../src/sandbox/ports.ts';
import type { Scene } from '../../setup/process.ts';
import { Child } from '../gateway/child.ts';
import { median, rounded } from '../report.ts';
import { CREATION } from './bodies.ts';
import { press } from './press.ts';
import type { Way } from './ways.ts';

const CONNECTIONS = 50;
const POLL_MS = 20;
/** What is on its way is there within this, or the bench has failed. */
const DRAINED_WITHIN_MS = 120_000;

export interface EndToEndParts {
  readonly scene: Scene;
  readonly way: Way;
  readonly key: string;
  readonly fileOf: (name: string) => string;
  readonly warmUps: number;
  readonly runs: number;
  readonly seconds: number;
}

export interface EndToEnd {
  readonly perSecond: number;
  readonly atHalf: { readonly p50Ms: number; readonly p99Ms: number };
  /** Creations that were answered; what is on file besides was on its way when the load ended. */
  readonly answered: number;
  /** Referrals as the sender has them, as the receiver has them, and as the sender knows them received: all alike. */
  readonly created: number;
  readonly there: number;
  readonly receipted: number;
}

/**
 * Created here, durable there, its receipt written down here. A second counts from the first creation to the last
 * receipt, so what waits in the outbox when the load ends is paid for. Then at half of that rate, how long it takes
 * one from its commit here to its receipt's.
 */
export async function endToEnd(parts: EndToEndParts): Promise<EndToEnd> {
  const { scene, way, key, fileOf, warmUps, runs, seconds } = parts;
  const port = await freePorts(2);
  const laid = await way.lay(scene, { clinic: port, hospital: port + 1 });
  const start = (side: 'clinic' | 'hospital') =>
    Child.start(new URL('./gateway.ts', import.meta.url), {
      ...{ BENCH_KEY: key, BENCH_FILE: fileOf(`${way.name}-${side}`), BENCH_SIDE: side },
      ...{ BENCH_PORT: String(side === 'clinic' ? port : port + 1), BENCH_LINK: JSON.stringify(laid[side]) },
    });
  const [hospital, clinic] = [await start('hospital'), await start('clinic')];
  const send = (perSecond?: number) =>
    press({
      ...{ url: `http://127.0.0.1:${clinic.port}/v1/referrals`, key, body: CREATION, seconds },
      connections: CONNECTIONS,
      ...(perSecond === undefined ? {} : { perSecond }),
    });
  const rates: number[] = [];
  let answered = 0;
  for (let run = 0; run < warmUps + runs; run++) {
    const before = await clinic.rows();
    const startedAt = performance.now();
    answered += (await send()).answered;
    const done = (await drained(clinic)) - before;
    if (run >= warmUps) rates.push((1_000 * done) / (performance.now() - startedAt));
  }
  const perSecond = median(rates);
  const tookSince = Date.now();
  answered += (await send(perSecond / 2)).answered;
  const created = await drained(clinic);
  const took = (await clinic.ask<{ ms: number }[]>({ tookSince })).map(({ ms }) => ms).sort((a, b) => a - b);
  const at = (share: number) => took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? 0;
  const { received } = await clinic.ask<{ received: number }>('received');
  const there = await hospital.rows();
  await clinic.stop();
  await hospital.stop();
  return {
    perSecond: rounded(perSecond, 0),
    atHalf: { p50Ms: at(0.5), p99Ms: at(0.99) },
    ...{ answered, created, there, receipted: received },
  };
}

/** Waits until nothing more is created and nothing waits to be sent; answers how many referrals there are. */
async function drained(sender: Child): Promise<number> {
  const deadline = Date.now() + DRAINED_WITHIN_MS;
  for (let before = -1; ; await sleep(POLL_MS)) {
    const rows = await sender.rows();
    const { queued } = await sender.ask<{ queued: number }>('queued');
    if (queued === 0 && rows === before) return rows;
    if (Date.now() > deadline) throw new Error('messages are left in the outbox');
    before = rows;
  }
}
