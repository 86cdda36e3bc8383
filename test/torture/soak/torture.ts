import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { pino } from 'pino';
import { readerDriverOf } from '../../../adapters/readers/index.ts';
import { openSqliteStore } from '../../../adapters/stores/sqlite/store.ts';
import { AuditTrail } from '../../../src/access/audit.ts';
import { Vault } from '../../../src/access/vault.ts';
import { ReaderPool } from '../../../src/card/pool.ts';
import { CardService } from '../../../src/card/service.ts';
import { systemClock, systemIds, systemTimers } from '../../../src/clock.ts';
import { Fault } from '../../../src/errors.ts';
import { Events } from '../../../src/events/events.ts';
import { loadProfiles, type SocialSecurityProfile, virtualCardOf } from '../../../src/sandbox/cards/cards.ts';
import { startVirtualReader } from '../../../src/sandbox/readers/server.ts';
import { Chance } from '../../end-to-end/random.ts';
import { collectGarbage, type Torture } from '../report.ts';

const READINGS = 10_000;
/** One reading in so many meets an unplug, at a moment of its own. */
const UNPLUG_EVERY = 20;
const UNPLUG_WITHIN_MS = 6;
/** Beyond what the event log and the caches keep for good. */
const GROWTH_BYTES_MAX = 20_000_000;

/**
 * Ten thousand readings at one reader that is unplugged and plugged in again at random moments, before, in and after
 * readings: each is made or fails with a code of the reader's, and at the end no handle and no listener is left over.
 */
export const soak: Torture = async (seed) => {
  const chance = new Chance(seed);
  const folder = mkdtempSync(join(tmpdir(), 'yikatong-soak-'));
  const { pool, cards, reader, close } = await compose(folder);
  const counts = { made: 0, failed: {} as Record<string, number>, unplugs: 0 };
  const before: Standing[] = [];
  for (let reading = 0; reading < READINGS; reading++) {
    if (reading === READINGS / 10) before.push(await standing(pool));
    const unplug = chance.between(1, UNPLUG_EVERY) === 1;
    const unplugged = unplug ? unplugLater(reader, chance.next() * UNPLUG_WITHIN_MS) : undefined;
    if (unplug) counts.unplugs += 1;
    try {
      await cards.read('desk', { accept: ['social-security-card'], timeoutMs: 0 }, CALLER);
      counts.made += 1;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      counts.failed[error.code] = (counts.failed[error.code] ?? 0) + 1;
    }
    await unplugged;
    await ready(pool);
  }
  const after = await standing(pool);
  await close();
  rmSync(folder, { recursive: true, force: true });
  const left = process
    .getActiveResourcesInfo()
    .filter((name) => name !== 'Immediate' && !name.includes('TTY'));
  const grew = { resources: after.resources - before[0]!.resources, bytes: after.bytes - before[0]!.bytes };
  return { results: { ...counts, before: before[0], after, left }, failures: failuresOf(counts, grew) };
};

const CALLER = { client: 'soak', requestId: 'soak' };

interface Standing {
  readonly resources: number;
  readonly bytes: number;
}

function failuresOf(
  { made, failed, unplugs }: { made: number; failed: Record<string, number>; unplugs: number },
  grew: { resources: number; bytes: number },
): string[] {
  const strange = Object.keys(failed).filter(
    (code) => !/^(reader\.(lost|silent|absent|protocol)|card\.removed)$/.test(code),
  );
  const failures = Object.values(failed).reduce((sum, count) => sum + count, 0);
  return [
    ...strange.map((code) => `a reading failed with ${code}`),
    ...(made < READINGS - unplugs ? [`${READINGS - made} readings failed, ${unplugs} were unplugged`] : []),
    ...(made + failures === READINGS ? [] : ['a reading came to no end']),
    ...(grew.resources > 2 ? [`${grew.resources} handles more than before`] : []),
    ...(grew.bytes > GROWTH_BYTES_MAX ? [`${grew.bytes} bytes more than before`] : []),
  ];
}

async function standing(pool: ReaderPool): Promise<Standing> {
  await ready(pool);
  await turn();
  return { resources: process.getActiveResourcesInfo().length, bytes: await collectGarbage() };
}

async function ready(pool: ReaderPool): Promise<void> {
  while (pool.status('desk').state !== 'ready') await new Promise((resolve) => setTimeout(resolve, 2));
}

async function unplugLater(
  reader: { unplug(): Promise<void>; plug(): Promise<void> },
  afterMs: number,
): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, afterMs));
  await reader.unplug();
  await reader.plug();
}

async function compose(folder: string) {
  const [clock, ids] = [systemClock, systemIds];
  const store = await openSqliteStore(join(folder, 'soak.db'));
  const events = new Events(clock);
  const reader = await startVirtualReader({ dialect: 'ccid-serial', host: '127.0.0.1', port: 0 });
  reader.insert(virtualCardOf(loadProfiles().get('social-security-v2') as SocialSecurityProfile));
  const transport = { kind: 'tcp' as const, host: '127.0.0.1', port: reader.port };
  const driver = readerDriverOf({ id: 'desk', dialect: 'ccid-serial', transport });
  const pool = new ReaderPool({
    readers: [{ id: 'desk', driver }],
    // A soak of readings, not of pauses.
    timers: {
      start: (ms, work) => systemTimers.start(Math.min(ms, 3_000) === 3_000 ? ms : Math.min(ms, 10), work),
    },
    clock,
    events,
    logger: pino({ level: 'silent' }),
  });
  const vault = new Vault(ids.bytes(32));
  const audit = new AuditTrail(store, 'soak', clock);
  const cards = new CardService({ pool, store, clock, ids, vault, audit, events });
  pool.start();
  await ready(pool);
  const close = async () => {
    await pool.close();
    await reader.close();
    await store.close();
  };
  return { pool, cards, reader, close };
}
