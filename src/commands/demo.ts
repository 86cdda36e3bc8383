/**
 * `npm run demo`: plays both journeys against a sandbox and prints them. Starts a sandbox of its own in a temporary
 * folder, or takes a running one by --url and --key. Exits 0 only if each step held.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { sandbox } from '../main.ts';
import { Api } from '../sandbox/demo/api.ts';
import { cardJourney } from '../sandbox/demo/card-journey.ts';
import { referralJourney } from '../sandbox/demo/referral-journey.ts';
import { Transcript } from '../sandbox/demo/transcript.ts';

async function play(url: string, key: string): Promise<void> {
  const transcript = new Transcript();
  const clinic = new Api(url, key);
  const { hospitalUrl } = await clinic.get<{ hospitalUrl: string }>('/v1/sandbox');
  // Names this run's bills and acts, so that the demo can be played any number of times on one sandbox.
  const run = `D${Date.now().toString(36).toUpperCase()}`;
  console.log(`一卡通网关演示 / Yikatong demo — 沙箱 sandbox ${url}, 数据都是虚构的 / all data is made up`);
  await cardJourney(clinic, transcript, run);
  await referralJourney(clinic, new Api(hospitalUrl, key), transcript, run);
  console.log('\n全部成立 / every step held\n');
}

async function playOwn(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'yikatong-demo-'));
  const running = await sandbox({ folder, host: '127.0.0.1', port: 0, logger: pino({ level: 'silent' }) });
  try {
    await play(running.url, running.key);
  } finally {
    await running.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

try {
  const { values } = parseArgs({ options: { url: { type: 'string' }, key: { type: 'string' } } });
  if ((values.url === undefined) !== (values.key === undefined)) {
    throw new Error('--url 和 --key 要一起给出 / give --url and --key together');
  }
  await (values.url !== undefined && values.key !== undefined ? play(values.url, values.key) : playOwn());
} catch (error) {
  const { message, cause } = error as Error;
  // A call that reached nobody says why only in its cause.
  console.error(`\n✗ ${message}${cause instanceof Error ? ` (${cause.message})` : ''}`);
  process.exitCode = 1;
}
