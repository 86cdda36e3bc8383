import { maskText } from '../../access/masking.ts';
import type { Clock } from '../../clock.ts';
import { Fault } from '../../errors.ts';
import type { Store, Unit } from '../../store/port.ts';
import type { Query } from '../../store/query.ts';
import type { Inquiries } from '../inquiries.ts';
import type { CatalogueItem } from '../port.ts';
import { type DownloadRow, endDownload, progressDownload } from './download-queries.ts';
import { batchOf } from './model.ts';
import {
  countItems,
  dropEnded,
  dropUnborn,
  endMissing,
  endReplaced,
  holdVersion,
  putItems,
  releaseVersion,
  reviveItems,
  switchVersion,
  TIDIED_ROWS,
  versionOf,
} from './queries.ts';

/** A loader that does not write for so long is believed dead; longer than any exchange may take. */
export const LEASE_MS = 15 * 60_000;

/** Thrown where another has taken the hold, or the download was cancelled: what this one does counts no more. */
export class Displaced extends Error {
  override name = 'Displaced';
}

/** Thrown when the gateway stops; the download goes on at the next start. */
export class Stopping extends Error {
  override name = 'Stopping';
}

/** Names one try of a download. */
export function holderOf({ id, tries }: Pick<DownloadRow, 'id' | 'tries'>): string {
  return `${id} ${tries}`;
}

type Place = Pick<DownloadRow, 'insurer' | 'kind'>;

/**
 * Loads a catalogue's next version beside the one in force:
 *
 *     tidy up what broke off before ──► batches, each a unit ──► end what is missing (of a whole one) ──► switch
 *
 * The switch is one commit. Whatever happens before it, readers see the old version whole. Every unit is fenced by the
 * hold on the catalogue, so that no two loaders write one version.
 */
export class Loader {
  readonly #store: Store;
  readonly #inquiries: Inquiries;
  readonly #clock: Clock;

  constructor(parts: { store: Store; inquiries: Inquiries; clock: Clock }) {
    this.#store = parts.store;
    this.#inquiries = parts.inquiries;
    this.#clock = parts.clock;
  }

  /** Throws a `Fault` that ended it, `Displaced`, or `Stopping`. */
  async load(download: DownloadRow, isStopping: () => boolean): Promise<void> {
    const { id, insurer, kind } = download;
    const before = await this.#store.one(versionOf, { insurer, kind });
    if (before?.holder !== holderOf(download)) throw new Displaced();
    await this.#tidy(download, dropUnborn, before.number);
    await this.#tidy(download, reviveItems, before.number);
    const number = before.number + 1;
    const since = download.whole === 1 ? undefined : (before.version ?? undefined);
    let [rows, expected]: [number, number | null] = [0, null];
    const take = async (items: readonly CatalogueItem[]) => {
      if (isStopping()) throw new Stopping();
      rows += items.length;
      const batch = { insurer, kind, number, rows: batchOf(items) };
      await this.#held(download, async (unit) => {
        await unit.run(endReplaced, batch);
        await unit.run(putItems, batch);
        await unit.run(progressDownload, { id, rows, expected, updated_at: this.#clock.now() });
      });
    };
    const expect = (count: number) => {
      expected = count;
    };
    const caller = { client: download.client, requestId: id };
    const { value } = await this.#inquiries.ask(insurer, 'catalogue', caller, maskText, (flows, exchange) => {
      if (!flows.catalogues) throw new Fault('insurer.not-offered');
      const fenced: typeof exchange = async (request) => {
        if (isStopping()) throw new Stopping();
        await this.#held(download, async () => undefined);
        return exchange(request);
      };
      return flows.catalogues.load({ kind, take, expect, ...(since !== undefined && { since }) }, fenced);
    });
    if (rows === 0) return this.#unchanged(download);
    if (since === undefined) await this.#tidy(download, endMissing, number);
    await this.#switch(download, number, value.version ?? null);
  }

  async #switch(download: DownloadRow, number: number, version: string | null): Promise<void> {
    const { id, insurer, kind } = download;
    const { items = 0 } = (await this.#store.one(countItems, { insurer, kind })) ?? {};
    const now = this.#clock.now();
    await this.#store.write(async (unit) => {
      const switched = { insurer, kind, holder: holderOf(download), number, version, items, now };
      if ((await unit.run(switchVersion, switched)) === 0) throw new Displaced();
      await unit.run(endDownload, {
        id,
        state: 'done',
        cause_code: null,
        cause_reason: null,
        updated_at: now,
      });
    });
    await this.#untilDone(() => this.#store.write((unit) => unit.run(dropEnded, { insurer, kind, number })));
  }

  async #unchanged(download: DownloadRow): Promise<void> {
    const { id, insurer, kind } = download;
    await this.#held(download, async (unit) => {
      await unit.run(releaseVersion, { insurer, kind, download: id });
      const ended = { id, state: 'unchanged' as const, cause_code: null, cause_reason: null };
      await unit.run(endDownload, { ...ended, updated_at: this.#clock.now() });
    });
  }

  /** Changes rows a bounded number at a time, until none is left. */
  async #tidy(
    download: DownloadRow,
    query: Query<Place & { number: number }, never>,
    number: number,
  ): Promise<void> {
    const { insurer, kind } = download;
    await this.#untilDone(() => this.#held(download, (unit) => unit.run(query, { insurer, kind, number })));
  }

  async #untilDone(step: () => Promise<number>): Promise<void> {
    while ((await step()) >= TIDIED_ROWS);
  }

  /** Runs a unit that counts only while this download has the hold, and renews it. */
  #held<T>(download: DownloadRow, work: (unit: Unit) => Promise<T>): Promise<T> {
    const { insurer, kind } = download;
    const hold = { insurer, kind, holder: holderOf(download), until: this.#clock.now() + LEASE_MS };
    return this.#store.write(async (unit) => {
      if ((await unit.run(holdVersion, hold)) === 0) throw new Displaced();
      return work(unit);
    });
  }
}
