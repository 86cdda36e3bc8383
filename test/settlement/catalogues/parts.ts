import type { CatalogueKind } from '../../../schemas/catalogue-words.ts';
import { AuditTrail } from '../../../src/access/audit.ts';
import { Fault } from '../../../src/errors.ts';
import { Idempotency } from '../../../src/http/idempotency.ts';
import { composeCatalogues } from '../../../src/settlement/catalogues/compose.ts';
import { DiskSpool } from '../../../src/settlement/files/spool.ts';
import { Inquiries } from '../../../src/settlement/inquiries.ts';
import { Journal } from '../../../src/settlement/journal.ts';
import type {
  CatalogueFlows,
  CatalogueItem,
  CodeMatch,
  Exchange,
  Insurer,
  Outcome,
} from '../../../src/settlement/port.ts';
import type { Store } from '../../../src/store/port.ts';
import { TestClock, temporaryFolder, temporaryStore, testIds, testLogger, testVault } from '../../helper.ts';
import { FakeInsurer } from '../fake.ts';

export const caller = { client: 'his', requestId: 'r' };

export function item(code: string, more: Partial<CatalogueItem> = {}): CatalogueItem {
  return { code, variant: '', name: `项目${code}`, valid: true, content: { med_list_codg: code }, ...more };
}

/** What a load brings: batches of entries, and what happens after them. */
export interface Script {
  readonly batches: readonly (readonly CatalogueItem[])[];
  readonly version?: string;
  /** Thrown after the batches. */
  readonly fault?: Error;
}

/** Catalogues and matches of an insurer in memory, as a test says. */
export class FakeCatalogues implements CatalogueFlows {
  readonly kinds: readonly CatalogueKind[] = ['drugs', 'services', 'price-limits', 'insurance-matches'];
  readonly matched: readonly CatalogueKind[] = ['drugs', 'services'];
  readonly matchesMax = 8;
  script: Script = { batches: [] };
  /** Since which version each load was asked for. */
  readonly asked: (string | undefined)[] = [];
  /** Runs before each batch. */
  before: (batch: number) => Promise<void> | void = () => undefined;
  /** What the insurer has under each local code. */
  readonly matches = new Map<string, string>();
  /** Every batch of matches that came, by their local codes. */
  readonly received: string[][] = [];
  /** Local codes that it refuses, and whether it answers at all. */
  refuses = new Set<string>();
  answers = true;
  #next = 1;

  async load(
    order: Parameters<CatalogueFlows['load']>[0],
    exchange: Exchange,
  ): ReturnType<CatalogueFlows['load']> {
    const { batches, version, fault } = this.script;
    this.asked.push(order.since);
    const outcome = await this.#exchange('1301', exchange, () => 'accepted');
    if (outcome.kind !== 'accepted') return outcome;
    order.expect?.(batches.flat().length);
    for (const [place, batch] of batches.entries()) {
      await this.before(place);
      await order.take(batch);
    }
    if (fault) throw fault;
    return { ...outcome, value: version === undefined ? {} : { version } };
  }

  match(matches: readonly CodeMatch[], exchange: Exchange): Promise<Outcome<'matched'>> {
    this.received.push(matches.map((match) => match.localCode));
    return this.#exchange('3301', exchange, () => {
      if (matches.some(({ localCode }) => this.refuses.has(localCode) || this.matches.has(localCode)))
        return 'refused';
      for (const { localCode, nationalCode } of matches) this.matches.set(localCode, nationalCode);
      return 'matched';
    });
  }

  unmatch({ localCode, nationalCode }: CodeMatch, exchange: Exchange): Promise<Outcome<'unmatched'>> {
    return this.#exchange('3302', exchange, () => {
      if (this.matches.get(localCode) !== nationalCode) return 'refused';
      this.matches.delete(localCode);
      return 'unmatched';
    });
  }

  async #exchange<T>(transaction: string, exchange: Exchange, act: () => T | 'refused'): Promise<Outcome<T>> {
    const ownId = `C${this.#next++}`;
    let value: T | 'refused' = 'refused';
    const outcome = await exchange({
      ...{ transaction, ownId, effect: 'record', body: Buffer.from('{}') },
      send: async () => {
        value = act();
        return { status: 200, contentType: '', body: Buffer.from('{}') };
      },
      judge: () => {
        if (!this.answers) return { kind: 'unknown', reason: 'nobody answered' };
        return value === 'refused'
          ? { kind: 'refused', reason: '目录编码不存在' }
          : { kind: 'accepted', output: {} };
      },
    });
    const at = { exchangeId: outcome.exchangeId, ownId, transaction };
    if (outcome.kind === 'accepted') return { kind: 'accepted', value: value as T, at };
    return { kind: outcome.kind, reason: outcome.reason, at };
  }
}

/** A store, a clock and an insurer that outlive gateways, and the means to start one on them. */
export async function newWorld(t: { teardown(work: () => unknown): void }, on?: Store) {
  const store = on ?? (await temporaryStore(t));
  const clock = new TestClock();
  const flows = new FakeCatalogues();
  const fake: Insurer = Object.assign(new FakeInsurer(), { catalogues: flows });
  const plain: Insurer = Object.assign(new FakeInsurer(), { id: 'plain' });
  const start = (at: Store = store, gatewayId = 'test', insurers: readonly Insurer[] = [fake, plain]) => {
    const common = { store: at, vault: testVault(), clock, ids: testIds, logger: testLogger(), gatewayId };
    const audit = new AuditTrail(at, gatewayId, clock);
    const byId = new Map(insurers.map((insurer) => [insurer.id, insurer]));
    const journal = new Journal({ ...common, audit, timeoutMsOf: () => 5_000 });
    const inquiries = new Inquiries({ insurers: byId, journal, clock });
    const spool = new DiskSpool(temporaryFolder(t));
    const side = composeCatalogues({ ...common, audit, insurers: byId, inquiries, spool, level: 'township' });
    return { ...side, audit, idempotency: new Idempotency(common) };
  };
  return { store, clock, flows, fake, start };
}

export type World = Awaited<ReturnType<typeof newWorld>>;
export type Side = ReturnType<World['start']>;

let downloads = 0;

/** Loads what the script says, and answers how the download ended. */
export async function load(side: Side, kind: CatalogueKind = 'drugs', whole = false) {
  const id = `d-${downloads++}`;
  await side.downloads.start(id, { insurer: 'fake', kind, whole }, caller);
  await side.downloads.idle();
  return side.downloads.get(id);
}

/** The codes that readers see now. */
export async function codesSeen(side: Side, kind: CatalogueKind = 'drugs'): Promise<string[]> {
  const codes: string[] = [];
  try {
    for (let after: string | undefined; ; ) {
      const { rows, next } = await side.archive.search('fake', kind, { limit: 200, after });
      codes.push(...rows.map((row) => row.code));
      if (next === undefined) return codes;
      after = next;
    }
  } catch (error) {
    if (error instanceof Fault && error.code === 'catalogue.not-loaded') return [];
    throw error;
  }
}
