import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { readerDriverOf } from '../../../adapters/readers/index.ts';
import { openSqliteStore } from '../../../adapters/stores/sqlite/store.ts';
import type { DocumentKind } from '../../../schemas/reading.ts';
import { AuditTrail } from '../../../src/access/audit.ts';
import { Vault } from '../../../src/access/vault.ts';
import { ReaderPool } from '../../../src/card/pool.ts';
import { CardService } from '../../../src/card/service.ts';
import { systemClock, systemIds } from '../../../src/clock.ts';
import { Events } from '../../../src/events/events.ts';
import type { Store } from '../../../src/store/port.ts';
import { startPacedReader } from '../line.ts';
import { type Bench, COUNTED_RUNS, median, type Ratio, rounded, WARM_UPS } from '../report.ts';

const BAUD_RATE = 115_200;
/** Start bit, eight data bits, stop bit. */
const BITS_PER_BYTE = 10;
const READINGS_PER_RUN = 8;

const documents: readonly { kind: DocumentKind; dialect: 'sam-v' | 'ccid-serial'; profile: string }[] = [
  { kind: 'resident-id-card', dialect: 'sam-v', profile: 'resident-id' },
  { kind: 'social-security-card', dialect: 'ccid-serial', profile: 'social-security-v2' },
];

/**
 * The time of a reading, from the call to the stored and audited result, against the time its bytes take on the wire at
 * 115200 baud, both ways, on a line that is paced byte by byte.
 */
export const reading: Bench = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'yikatong-bench-'));
  const store = await openSqliteStore(join(folder, 'reading.db'));
  const results: Record<string, unknown> = { baudRate: BAUD_RATE, readingsPerRun: READINGS_PER_RUN };
  const ratios: Record<string, Ratio> = {};
  for (const document of documents) {
    const measured = await measure(store, document);
    results[document.kind] = measured;
    ratios[`vsWire.${document.kind}`] = {
      value: rounded(measured.readingMs / measured.wireMs),
      atMost: 1.15,
    };
  }
  await store.close();
  rmSync(folder, { recursive: true, force: true });
  return { results, ratios };
};

async function measure(store: Store, { kind, dialect, profile }: (typeof documents)[number]) {
  const card = { module: new URL('./card.ts', import.meta.url).href, name: 'cardOf', arguments: [profile] };
  const line = await startPacedReader({ dialect, baudRate: BAUD_RATE, card });
  const { pool, cards } = compose(store, dialect, line);
  pool.start();
  while (pool.status('desk').state !== 'ready') await sleep(5);
  const runs: { readingMs: number; wireMs: number; bytes: number }[] = [];
  for (let run = 0; run < WARM_UPS + COUNTED_RUNS; run++) {
    const bytesBefore = line.wireBytes();
    const startedAt = performance.now();
    for (let i = 0; i < READINGS_PER_RUN; i++) {
      await cards.read('desk', { accept: [kind], timeoutMs: 2_000 }, { client: 'bench', requestId: 'bench' });
    }
    const bytes = (line.wireBytes() - bytesBefore) / READINGS_PER_RUN;
    const readingMs = (performance.now() - startedAt) / READINGS_PER_RUN;
    if (run >= WARM_UPS) runs.push({ readingMs, wireMs: (bytes * BITS_PER_BYTE * 1_000) / BAUD_RATE, bytes });
  }
  await pool.close();
  await line.close();
  return {
    readingMs: rounded(median(runs.map((run) => run.readingMs))),
    wireMs: rounded(median(runs.map((run) => run.wireMs))),
    bytes: median(runs.map((run) => run.bytes)),
  };
}

function compose(store: Store, dialect: 'sam-v' | 'ccid-serial', line: { host: string; port: number }) {
  const [clock, ids] = [systemClock, systemIds];
  const events = new Events(clock);
  const transport = { kind: 'tcp' as const, host: line.host, port: line.port };
  const driver = readerDriverOf({ id: 'desk', dialect, transport });
  const logger = pino({ level: 'silent' });
  const pool = new ReaderPool({ readers: [{ id: 'desk', driver, mustLift: false }], clock, events, logger });
  const vault = new Vault(ids.bytes(32));
  const audit = new AuditTrail(store, 'bench', clock);
  return { pool, cards: new CardService({ pool, store, clock, ids, vault, audit, events }) };
}
