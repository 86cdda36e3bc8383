import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { ccidSerialDriver } from '../../../adapters/readers/ccid-serial/driver.ts';
import { profileDriver } from '../../../adapters/readers/profile/driver.ts';
import { loadProfile } from '../../../adapters/readers/profile/load.ts';
import type { Transport } from '../../../adapters/readers/transports/line.ts';
import { openSqliteStore } from '../../../adapters/stores/sqlite/store.ts';
import type { DocumentKind, ReadingRequest } from '../../../schemas/reading.ts';
import { AuditTrail } from '../../../src/access/audit.ts';
import { Vault } from '../../../src/access/vault.ts';
import { ReaderPool } from '../../../src/card/pool.ts';
import type { ReaderDriver } from '../../../src/card/port.ts';
import { CardService } from '../../../src/card/service.ts';
import { systemClock, systemIds } from '../../../src/clock.ts';
import { Events } from '../../../src/events/events.ts';
import type { VirtualDialect } from '../../../src/sandbox/readers/reader.ts';
import type { Store } from '../../../src/store/port.ts';
import { startPacedReader } from '../line.ts';
import { type Bench, COUNTED_RUNS, median, type Ratio, rounded, WARM_UPS } from '../report.ts';

const BAUD_RATE = 115_200;
/** Start bit, eight data bits, stop bit. */
const BITS_PER_BYTE = 10;
const READINGS_PER_RUN = 8;

/** Of all readings: the slow ones show where a machine is shared, and where the gateway has a habit. */
const SLOW_SHARE = 0.95;

/** Of the dialects of cards: a code has no time of its own. */
type CardDialect = Exclude<VirtualDialect, 'line-scanner'>;
type Driver = (transport: Transport) => ReaderDriver;
interface Row {
  /** The card's profile in the sandbox. */
  readonly card: string;
  readonly kind: DocumentKind;
  readonly dialect: CardDialect;
  readonly newAddress?: boolean;
}

const drivers: Readonly<Record<CardDialect, Driver>> = {
  'sam-v': (transport) => profileDriver(loadProfile('sam-v'), transport),
  'ccid-serial': ccidSerialDriver,
};

const rows: readonly Row[] = [
  { card: 'resident-id', kind: 'resident-id-card', dialect: 'sam-v' },
  { card: 'resident-id', kind: 'resident-id-card', dialect: 'sam-v', newAddress: true },
  { card: 'social-security-v1-early', kind: 'social-security-card', dialect: 'ccid-serial' },
  { card: 'social-security-v1', kind: 'social-security-card', dialect: 'ccid-serial' },
  { card: 'social-security-v2', kind: 'social-security-card', dialect: 'ccid-serial' },
  { card: 'social-security-v2-long-name', kind: 'social-security-card', dialect: 'ccid-serial' },
  { card: 'social-security-v3', kind: 'social-security-card', dialect: 'ccid-serial' },
];

/**
 * The time of a reading, from the call to the stored and audited result, against the time its bytes take on the wire at
 * 115200 baud, both ways, on a line that is paced byte by byte. A row per document and dialect; dialects that go over
 * USB or a network have no wire time to compare with.
 */
export const reading: Bench = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'yikatong-bench-'));
  const store = await openSqliteStore(join(folder, 'reading.db'));
  const results: Record<string, unknown> = { baudRate: BAUD_RATE, readings: READINGS_PER_RUN * COUNTED_RUNS };
  const ratios: Record<string, Ratio> = {};
  for (const row of rows) {
    const name = `${row.card}${row.newAddress ? '+new-address' : ''}.${row.dialect}`;
    const measured = await measure(store, row);
    results[name] = measured;
    ratios[`vsWire.${name}`] = { value: rounded(measured.readingMs / measured.wireMs), atMost: 1.1 };
  }
  await store.close();
  rmSync(folder, { recursive: true, force: true });
  return { results, ratios };
};

async function measure(store: Store, { card: id, kind, dialect, newAddress = false }: Row) {
  const card = { module: new URL('./card.ts', import.meta.url).href, name: 'cardOf', arguments: [id] };
  const line = await startPacedReader({ dialect, baudRate: BAUD_RATE, card });
  const { pool, cards } = compose(store, drivers[dialect](line.transport));
  pool.start();
  while (pool.status('desk').state !== 'ready') await sleep(5);
  const request: ReadingRequest = { accept: [kind], timeoutMs: 2_000, holder: 'if-readable', newAddress };
  const times: number[] = [];
  let bytes = 0;
  for (let made = 0; made < READINGS_PER_RUN * (WARM_UPS + COUNTED_RUNS); made++) {
    const bytesBefore = line.wireBytes();
    const startedAt = performance.now();
    await cards.read('desk', request, { client: 'bench', requestId: 'bench' });
    if (made >= READINGS_PER_RUN * WARM_UPS) times.push(performance.now() - startedAt);
    bytes = line.wireBytes() - bytesBefore;
  }
  await pool.close();
  await line.close();
  const slowMs = times.sort((a, b) => a - b)[Math.floor(times.length * SLOW_SHARE)] ?? Number.NaN;
  return {
    readingMs: rounded(median(times)),
    slowMs: rounded(slowMs),
    wireMs: rounded((bytes * BITS_PER_BYTE * 1_000) / BAUD_RATE),
    bytes,
  };
}

function compose(store: Store, driver: ReaderDriver) {
  const [clock, ids] = [systemClock, systemIds];
  const events = new Events(clock);
  const logger = pino({ level: 'silent' });
  const pool = new ReaderPool({ readers: [{ id: 'desk', driver, mustLift: false }], clock, events, logger });
  const vault = new Vault(ids.bytes(32));
  const audit = new AuditTrail(store, 'bench', clock);
  return { pool, cards: new CardService({ pool, store, clock, ids, vault, audit, events }) };
}
