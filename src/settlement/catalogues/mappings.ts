import type * as Wire from '../../../schemas/catalogue.ts';
import type { AuditTrail } from '../../access/audit.ts';
import type { Caller } from '../../access/caller.ts';
import { maskText } from '../../access/masking.ts';
import type { Vault } from '../../access/vault.ts';
import type { Clock } from '../../clock.ts';
import { Fault } from '../../errors.ts';
import type { Store } from '../../store/port.ts';
import type { Inquiries } from '../inquiries.ts';
import type { CatalogueFlows, CodeMatch, Insurer } from '../port.ts';
import {
  changeMapping,
  insertMapping,
  type MappingRow,
  mappingOf,
  mappingsAfter,
  mappingsInState,
} from './mapping-queries.ts';
import { matchOf } from './model.ts';

/** Mappings uploaded by one call; the caller goes on while more are left. */
const UPLOADED_MAX = 200;
const WAITING = ['local', 'unknown'] as const;
/** A match without an end holds for ever, which the insurer wants as a day. */
const NO_END = '2099-12-31';

type Uploaded = {
  matched: MappingRow[];
  refused: { row: MappingRow; reason: string }[];
  unknown: MappingRow[];
};

interface MappingParts {
  readonly store: Store;
  readonly vault: Vault;
  readonly audit: AuditTrail;
  readonly clock: Clock;
  readonly inquiries: Inquiries;
  readonly insurers: ReadonlyMap<string, Insurer>;
}

/** The institution's own codes and what they are matched to, here and at the insurer (3301, 3302). */
export class Mappings {
  readonly #parts: MappingParts;
  /** Insurers that are being uploaded to: one upload at a time. */
  readonly #uploading = new Set<string>();

  constructor(parts: MappingParts) {
    this.#parts = parts;
  }

  /** Writes a mapping. Faults: `insurer.not-found`, `insurer.not-offered`, `request.invalid`, `request.version`. */
  async put(
    insurer: string,
    localCode: string,
    request: Wire.MappingRequest,
    caller: Caller,
    version?: number,
  ): Promise<MappingRow> {
    const flows = this.#flows(insurer);
    if (!flows.matched.includes(request.kind)) throw new Fault('mapping.kind', { pointer: '/body/kind' });
    const validTo = request.validTo ?? NO_END;
    if (validTo < request.validFrom) throw new Fault('request.invalid', { pointer: '/body/validTo' });
    const { store, audit, clock } = this.#parts;
    return store.write(async (unit) => {
      const before = await unit.one(mappingOf, { insurer, code: localCode });
      if (version !== undefined && version !== before?.version) throw new Fault('request.version');
      const row: MappingRow = {
        insurer,
        local_code: localCode,
        kind: request.kind,
        local_name: request.localName,
        national_code: request.nationalCode,
        valid_from: request.validFrom,
        valid_to: validTo,
        dosage_form: request.dosageForm ?? null,
        specification: request.specification ?? null,
        approval_number: request.approvalNumber ?? null,
        unit: request.unit ?? null,
        state: 'local',
        uploaded: before?.uploaded ?? null,
        exchange_id: null,
        cause_reason: null,
        version: (before?.version ?? 0) + 1,
        updated_at: clock.now(),
      };
      // What the insurer has already need not be sent again.
      if (before?.state === 'uploaded' && before.uploaded === JSON.stringify(matchOf(row))) return before;
      if (!before) await unit.run(insertMapping, row);
      else if ((await unit.run(changeMapping, { ...row, before: before.version })) === 0)
        throw new Fault('request.version');
      await audit.add(unit, { ...caller, act: 'write', kind: 'mapping', subject: localCode });
      return row;
    });
  }

  /** Faults: `insurer.not-found`, `mapping.not-found`. */
  async get(insurer: string, localCode: string): Promise<MappingRow> {
    this.#flows(insurer);
    const row = await this.#parts.store.one(mappingOf, { insurer, code: localCode });
    if (!row) throw new Fault('mapping.not-found');
    return row;
  }

  async list(
    insurer: string,
    { state, limit = 50, after = '' }: Wire.MappingQuery,
  ): Promise<{ rows: MappingRow[]; next?: string }> {
    this.#flows(insurer);
    const page = { insurer, after, limit: limit + 1 };
    const { store } = this.#parts;
    const found = await (state === undefined
      ? store.all(mappingsAfter, page)
      : store.all(mappingsInState, { ...page, state }));
    const rows = found.slice(0, limit);
    const last = found.length > limit ? rows.at(-1) : undefined;
    return last ? { rows, next: last.local_code } : { rows };
  }

  /**
   * Uploads what waits. Where the insurer has another match under a local code, that is withdrawn first. A batch that is
   * refused is halved until the mappings at fault are found. Faults that say the
   * insurer can't be reached end it; `gateway.busy` while another upload is under way.
   */
  async upload(insurer: string, caller: Caller): Promise<Wire.MappingUpload> {
    const flows = this.#flows(insurer);
    if (this.#uploading.has(insurer)) throw new Fault('gateway.busy', { retryAfterS: 5 });
    this.#uploading.add(insurer);
    try {
      return await this.#upload(insurer, flows, caller);
    } finally {
      this.#uploading.delete(insurer);
    }
  }

  async #upload(insurer: string, flows: CatalogueFlows, caller: Caller): Promise<Wire.MappingUpload> {
    const { store } = this.#parts;
    const rows: MappingRow[] = [];
    for (const state of WAITING) {
      rows.push(
        ...(await store.all(mappingsInState, {
          insurer,
          state,
          after: '',
          limit: UPLOADED_MAX + 1 - rows.length,
        })),
      );
    }
    const left = rows.length > UPLOADED_MAX;
    const sum: Wire.MappingUpload = { uploaded: 0, refused: [], unknown: 0, left };
    for (let first = 0; first < Math.min(rows.length, UPLOADED_MAX); first += flows.matchesMax) {
      const batch = rows.slice(first, Math.min(first + flows.matchesMax, UPLOADED_MAX));
      const done = await this.#match(insurer, batch, caller);
      sum.uploaded += done.matched.length;
      sum.unknown += done.unknown.length;
      sum.refused.push(...done.refused.map(({ row, reason }) => ({ localCode: row.local_code, reason })));
    }
    return sum;
  }

  /** 3302, where the insurer has it. Faults: `mapping.not-found` and those of `Inquiries.ask`. */
  async withdraw(insurer: string, localCode: string, caller: Caller, version?: number): Promise<MappingRow> {
    const row = await this.get(insurer, localCode);
    if (version !== undefined && version !== row.version) throw new Fault('request.version');
    const exchangeId = await this.#unmatch(insurer, row, caller);
    await this.#change([row], () => ({
      state: 'withdrawn',
      uploaded: null,
      exchange_id: exchangeId,
      cause_reason: null,
    }));
    return this.get(insurer, localCode);
  }

  reasonOf(row: MappingRow): string | undefined {
    if (!row.cause_reason) return undefined;
    return this.#parts.vault.open(purposeOf(row), row.cause_reason).toString();
  }

  /** Uploads a batch, halving it where it is refused. What each came to is written down before the next is sent. */
  async #match(insurer: string, rows: readonly MappingRow[], caller: Caller): Promise<Uploaded> {
    const none: Uploaded = { matched: [], refused: [], unknown: [] };
    if (rows.length === 0) return none;
    try {
      for (const row of rows) await this.#replace(insurer, row, caller);
      const { at } = await this.#parts.inquiries.ask(
        insurer,
        'catalogue',
        caller,
        maskText,
        (each, exchange) => flowsOf(each).match(rows.map(matchOf), exchange),
      );
      const matched = await this.#change(rows, (row) => ({
        ...{ state: 'uploaded', uploaded: JSON.stringify(matchOf(row)) },
        ...{ exchange_id: at.exchangeId, cause_reason: null },
      }));
      return { ...none, matched };
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      if (error.code === 'insurer.no-answer') {
        return { ...none, unknown: await this.#change(rows, () => ({ state: 'unknown' })) };
      }
      if (error.code !== 'insurer.refused' && error.code !== 'request.invalid') throw error;
      const [only] = rows;
      if (rows.length > 1 || !only) {
        const middle = Math.ceil(rows.length / 2);
        const one = await this.#match(insurer, await this.#again(rows.slice(0, middle)), caller);
        const two = await this.#match(insurer, await this.#again(rows.slice(middle)), caller);
        return {
          matched: [...one.matched, ...two.matched],
          refused: [...one.refused, ...two.refused],
          unknown: [...one.unknown, ...two.unknown],
        };
      }
      const reason = error.context.detail ?? error.code;
      await this.#change([only], () => ({
        state: 'refused',
        exchange_id: String(error.context.facts?.exchangeId ?? '') || null,
        cause_reason: this.#parts.vault.seal(purposeOf(only), reason),
      }));
      return { ...none, refused: [{ row: only, reason }] };
    }
  }

  /** The rows as they stand now: what was withdrawn for a batch that was refused is not withdrawn twice. */
  async #again(rows: readonly MappingRow[]): Promise<MappingRow[]> {
    const current = rows.map((row) =>
      this.#parts.store.one(mappingOf, { insurer: row.insurer, code: row.local_code }),
    );
    return (await Promise.all(current)).flatMap((row) => (row && row.state !== 'withdrawn' ? [row] : []));
  }

  /** Makes room for another match. An insurer that knows of none to withdraw has made it. */
  async #replace(insurer: string, row: MappingRow, caller: Caller): Promise<void> {
    try {
      await this.#unmatch(insurer, row, caller);
    } catch (error) {
      if (!(error instanceof Fault) || error.code !== 'insurer.refused') throw error;
      await this.#change([row], () => ({ uploaded: null }));
    }
  }

  /** Withdraws what the insurer has under a local code; answers the exchange, or nothing where it has none. */
  async #unmatch(insurer: string, row: MappingRow, caller: Caller): Promise<string | null> {
    if (row.uploaded === null) return null;
    const match = JSON.parse(row.uploaded) as CodeMatch;
    const { at } = await this.#parts.inquiries.ask(insurer, 'catalogue', caller, maskText, (each, exchange) =>
      flowsOf(each).unmatch(match, exchange),
    );
    await this.#change([row], () => ({ uploaded: null }));
    return at.exchangeId;
  }

  /** What became of mappings at the insurer; of one that was rewritten meanwhile only what the insurer has is noted. */
  #change(
    rows: readonly MappingRow[],
    changeOf: (row: MappingRow) => Partial<MappingRow>,
  ): Promise<MappingRow[]> {
    const { store, clock } = this.#parts;
    return store.write(async (unit) => {
      const changed: MappingRow[] = [];
      for (const row of rows) {
        const current = (await unit.one(mappingOf, { insurer: row.insurer, code: row.local_code })) ?? row;
        const same = JSON.stringify(matchOf(current)) === JSON.stringify(matchOf(row));
        const { uploaded, ...rest } = changeOf(row);
        const applied = { ...(same && rest), ...(uploaded !== undefined && { uploaded }) };
        const next = { ...current, ...applied, version: current.version + 1, updated_at: clock.now() };
        if ((await unit.run(changeMapping, { ...next, before: current.version })) === 0)
          throw new Fault('gateway.busy', { retryAfterS: 1 });
        changed.push(next);
      }
      return changed;
    });
  }

  #flows(insurer: string): CatalogueFlows {
    const found = this.#parts.insurers.get(insurer);
    if (!found) throw new Fault('insurer.not-found');
    return flowsOf(found);
  }
}

function flowsOf(insurer: Insurer): CatalogueFlows {
  if (!insurer.catalogues) throw new Fault('insurer.not-offered');
  return insurer.catalogues;
}

function purposeOf({ insurer, local_code }: MappingRow): string {
  return `mapping ${insurer} ${local_code} reason`;
}
