import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Logger, pino } from 'pino';
import { openSqliteStore } from '../adapters/stores/sqlite/store.ts';
import { AuditTrail } from '../src/access/audit.ts';
import { Vault } from '../src/access/vault.ts';
import { type Clock, type Ids, systemIds } from '../src/clock.ts';
import { Events } from '../src/events/events.ts';
import type { Store } from '../src/store/port.ts';
import { copyEmptyStore } from './setup/empty-store.ts';

/** The standard sample person of the card standards. Nobody else appears in a fixture. */
export const SAMPLE_NAME = '张三';
export const SAMPLE_NUMBER = '111111198101011110';

interface Teardown {
  teardown(work: () => unknown): void;
}

/** A folder that goes when the test ends. */
export function temporaryFolder(t: Teardown): string {
  const folder = mkdtempSync(join(tmpdir(), 'yikatong-test-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A SQLite store on a file of its own. */
export async function temporaryStore(t: Teardown): Promise<Store> {
  const file = join(temporaryFolder(t), 'store.db');
  await copyEmptyStore(file);
  const store = await openSqliteStore(file);
  t.teardown(() => store.close());
  return store;
}

/** A clock that stands still until it is moved. */
export class TestClock implements Clock {
  #now: number;
  constructor(at = '2026-03-02T09:00:00+08:00') {
    this.#now = Date.parse(at);
  }
  now(): number {
    return this.#now;
  }
  advance(ms: number): void {
    this.#now += ms;
  }
}

export const testIds: Ids = systemIds;

/** Everything the suite logs goes to this folder, which is searched for the sample person at the end of the run. */
export const LOG_FOLDER = fileURLToPath(new URL('../.tap/logs', import.meta.url));

export function testLogger(): Logger {
  const dest = join(LOG_FOLDER, `${process.pid}.log`);
  return pino({ level: 'debug' }, pino.destination({ dest, sync: true, mkdir: true }));
}

export function testVault(): Vault {
  return new Vault(Buffer.alloc(32, 7));
}

/** What most services are made of, on a fresh store. */
export async function testParts(t: Teardown) {
  const store = await temporaryStore(t);
  const clock = new TestClock();
  return {
    store,
    clock,
    ids: testIds,
    vault: testVault(),
    audit: new AuditTrail(store, 'test', clock),
    events: new Events(clock),
    logger: testLogger(),
  };
}
