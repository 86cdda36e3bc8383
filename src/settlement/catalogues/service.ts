import type { Logger } from 'pino';
import type { CatalogueKind } from '../../../schemas/catalogue-words.ts';
import type { AuditTrail } from '../../access/audit.ts';
import type { Caller } from '../../access/caller.ts';
import { maskError } from '../../access/masking.ts';
import type { Vault } from '../../access/vault.ts';
import type { Clock } from '../../clock.ts';
import { type ErrorCode, Fault } from '../../errors.ts';
import type { Store } from '../../store/port.ts';
import type { Insurer } from '../port.ts';
import {
  type DownloadRow,
  downloadById,
  endDownload,
  insertDownload,
  retryDownload,
  runningDownloads,
} from './download-queries.ts';
import { Displaced, holderOf, LEASE_MS, type Loader, Stopping } from './loading.ts';
import { addVersion, releaseVersion, resumeVersion, takeVersion } from './queries.ts';

/** Loads at once; the others wait their turn. */
const TOGETHER_MAX = 2;
/** A download that was interrupted so often is given up. */
const TRIES_MAX = 3;
const RESUMED_MAX = 100;

export interface DownloadParts {
  readonly store: Store;
  readonly vault: Vault;
  readonly audit: AuditTrail;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly gatewayId: string;
  readonly insurers: ReadonlyMap<string, Insurer>;
  readonly loader: Loader;
}

/**
 * Downloads of catalogues, each a record of its own:
 *
 *     running ──► done | unchanged | failed
 *        ├── cancelled by a person
 *        └── its gateway died: begun anew at the next start, or by another gateway when its lease has run out
 */
export class Downloads {
  readonly #parts: DownloadParts;
  readonly #running = new Map<string, Promise<void>>();
  readonly #waiting: (() => void)[] = [];
  #active = 0;
  #stopping = false;

  constructor(parts: DownloadParts) {
    this.#parts = parts;
  }

  /** Faults: `insurer.not-found`, `insurer.not-offered`, `catalogue.loading`. A repeat with the same id finds it. */
  async start(
    id: string,
    order: { insurer: string; kind: CatalogueKind; whole: boolean },
    caller: Caller,
  ): Promise<DownloadRow> {
    const { store, clock, audit, gatewayId } = this.#parts;
    const { insurer, kind, whole } = order;
    const known = await store.one(downloadById, { id });
    if (known) return known;
    const flows = this.#insurer(insurer).catalogues;
    if (!flows?.kinds.includes(kind)) throw new Fault('insurer.not-offered', { pointer: '/params/kind' });
    const now = clock.now();
    const row: DownloadRow = {
      id,
      insurer,
      kind,
      client: caller.client,
      state: 'running',
      whole: whole ? 1 : 0,
      rows: 0,
      expected: null,
      tries: 1,
      gateway: gatewayId,
      cause_code: null,
      cause_reason: null,
      created_at: now,
      updated_at: now,
    };
    await store.write(async (unit) => {
      await unit.run(addVersion, { insurer, kind });
      const hold = { insurer, kind, download: id, holder: holderOf(row), until: now + LEASE_MS, now };
      if ((await unit.run(takeVersion, hold)) === 0) throw new Fault('catalogue.loading');
      await unit.run(insertDownload, row);
      await audit.add(unit, {
        ...caller,
        act: 'download',
        kind: 'catalogue',
        subject: id,
        detail: { insurer, catalogue: kind },
      });
    });
    this.#begin(row);
    return row;
  }

  /** Fault `catalogue.no-download`. */
  async get(id: string): Promise<DownloadRow> {
    const row = await this.#parts.store.one(downloadById, { id });
    if (!row) throw new Fault('catalogue.no-download');
    return row;
  }

  /** What was loaded so far counts for nothing. Faults: `catalogue.no-download`, `catalogue.ended`. */
  async cancel(id: string, caller: Caller): Promise<DownloadRow> {
    const { insurer, kind } = await this.get(id);
    const ended = await this.#end(id, { insurer, kind }, 'cancelled', undefined, caller);
    if (!ended) throw new Fault('catalogue.ended');
    return this.get(id);
  }

  /** Takes up what dead gateways left: this one's earlier runs at once, others' when their lease has run out. */
  async resume(): Promise<void> {
    const { store, clock, gatewayId } = this.#parts;
    const now = clock.now();
    for (const { lease_until, ...row } of await store.all(runningDownloads, { limit: RESUMED_MAX })) {
      const mine = row.gateway === gatewayId;
      if (this.#stopping || this.#running.has(row.id) || (!mine && lease_until >= now)) continue;
      if (row.tries >= TRIES_MAX) {
        await this.#end(row.id, row, 'failed', new Fault('catalogue.interrupted'));
        continue;
      }
      const again = { ...row, tries: row.tries + 1, gateway: gatewayId };
      const taken = await store.write(async (unit) => {
        const { insurer, kind, id } = row;
        const hold = {
          insurer,
          kind,
          download: id,
          seen: lease_until,
          until: now + LEASE_MS,
          holder: holderOf(again),
        };
        if ((await unit.run(resumeVersion, hold)) === 0) return false;
        return (await unit.run(retryDownload, { id, gateway: gatewayId, updated_at: now })) === 1;
      });
      if (taken) this.#begin(again);
    }
  }

  /** What is under way stops at its next step, and goes on at the next start. No insurer's answer is waited for. */
  stop(): void {
    this.#stopping = true;
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await Promise.all(this.#running.values());
  }

  reasonOf(row: DownloadRow): string | undefined {
    if (!row.cause_reason) return undefined;
    return this.#parts.vault.open(purposeOf(row.id), row.cause_reason).toString();
  }

  #begin(row: DownloadRow): void {
    const running = this.#run(row).finally(() => this.#running.delete(row.id));
    this.#running.set(row.id, running);
  }

  async #run(row: DownloadRow): Promise<void> {
    const { loader, logger } = this.#parts;
    await this.#turn();
    try {
      await loader.load(row, () => this.#stopping);
    } catch (error) {
      if (this.#stopping || error instanceof Displaced || error instanceof Stopping) return;
      // Where the store is the trouble nothing can be written of it: it is taken up again later.
      if (error instanceof Fault && error.kind.place === 'gateway') {
        logger.warn({ download: row.id, code: error.code }, 'a catalogue’s download was interrupted');
        return;
      }
      if (!(error instanceof Fault)) {
        logger.error({ download: row.id, err: maskError(error) }, 'a catalogue’s download broke off');
      }
      const fault = error instanceof Fault ? error : new Fault('gateway.fault');
      await this.#end(row.id, row, 'failed', fault).catch((second: unknown) => {
        logger.warn({ download: row.id, err: maskError(second) }, 'a download’s end could not be written');
      });
    } finally {
      this.#active -= 1;
      this.#waiting.shift()?.();
    }
  }

  /** Waits until there is room for one more. */
  async #turn(): Promise<void> {
    if (this.#active >= TOGETHER_MAX) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#active += 1;
  }

  /** Ends a download that runs; false where it had ended. */
  #end(
    id: string,
    { insurer, kind }: { insurer: string; kind: CatalogueKind },
    state: 'failed' | 'cancelled',
    fault?: Fault,
    caller?: Caller,
  ): Promise<boolean> {
    const { store, vault, clock, audit } = this.#parts;
    const detail = fault?.context.detail;
    const ended = {
      id,
      state,
      cause_code: (fault?.code ?? null) as ErrorCode | null,
      cause_reason: detail === undefined ? null : vault.seal(purposeOf(id), detail),
      updated_at: clock.now(),
    };
    return store.write(async (unit) => {
      if ((await unit.run(endDownload, ended)) === 0) return false;
      await unit.run(releaseVersion, { insurer, kind, download: id });
      if (caller) await audit.add(unit, { ...caller, act: 'cancel', kind: 'catalogue', subject: id });
      return true;
    });
  }

  #insurer(id: string): Insurer {
    const insurer = this.#parts.insurers.get(id);
    if (!insurer) throw new Fault('insurer.not-found');
    return insurer;
  }
}

function purposeOf(id: string): string {
  return `catalogue download ${id} reason`;
}
