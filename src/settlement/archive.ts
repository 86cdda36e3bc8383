import type { Identity } from '../../schemas/identity.ts';
import type * as Wire from '../../schemas/settlement.ts';
import type { AuditTrail } from '../access/audit.ts';
import type { Caller } from '../access/caller.ts';
import { pageOf } from '../http/page.ts';
import type { Store } from '../store/port.ts';
import { type ExchangeSummary, exchangesOf } from './exchange-queries.ts';
import type { Ledger } from './ledger.ts';
import type { Settlement } from './model.ts';
import {
  type HistoryRow,
  historyOf,
  type LegRow,
  type SettlementRow,
  settlementsOfPerson,
} from './queries.ts';

/** What one answer shows of a settlement's past; a doubt of days has more. */
const HISTORY_SHOWN_MAX = 1_000;
const EXCHANGES_SHOWN_MAX = 1_000;

const PAGE_DEFAULT = 50;

/** After every id. */
const LAST = '~';

/** What can be read of settlements. Each look is on the audit trail. */
export class Archive {
  readonly #ledger: Ledger;
  readonly #store: Store;
  readonly #audit: AuditTrail;

  constructor(parts: { ledger: Ledger; store: Store; audit: AuditTrail }) {
    this.#ledger = parts.ledger;
    this.#store = parts.store;
    this.#audit = parts.audit;
  }

  async read(id: string, caller: Caller): Promise<Settlement> {
    const settlement = await this.#ledger.get(id);
    await this.#audit.look({ ...caller, act: 'read', kind: 'settlement', subject: id });
    return settlement;
  }

  /** What happened to a settlement, oldest first. */
  history(id: string): Promise<HistoryRow[]> {
    return this.#store.all(historyOf, { settlement: id, limit: HISTORY_SHOWN_MAX });
  }

  /** Its requests to insurers, oldest first. */
  exchanges(id: string): Promise<ExchangeSummary[]> {
    return this.#store.all(exchangesOf, { settlement: id, limit: EXCHANGES_SHOWN_MAX });
  }

  /** Settlements, newest first; `next` is the cursor of the page after this one. */
  async list(
    filter: Wire.SettlementQuery,
    caller: Caller,
  ): Promise<{ items: { row: SettlementRow; insurers: string[] }[]; next?: string }> {
    const limit = filter.limit ?? PAGE_DEFAULT;
    const rows = await this.#store.list<SettlementRow>((db) => {
      let select = db.selectFrom('settlements').selectAll();
      if (filter.state !== undefined) select = select.where('state', '=', filter.state);
      if (filter.billNumber !== undefined) select = select.where('bill_number', '=', filter.billNumber);
      if (filter.after !== undefined) select = select.where('id', '<', filter.after);
      return select.orderBy('id', 'desc').limit(limit + 1);
    });
    const { items: page, ...more } = pageOf(rows, limit);
    const insurers = await this.#insurersOf(page.map((row) => row.id));
    const detail = { count: page.length, ...(filter.state === undefined ? {} : { state: filter.state }) };
    await this.#audit.look({ ...caller, act: 'list', kind: 'settlement', subject: 'list', detail });
    return { items: page.map((row) => ({ row, insurers: insurers.get(row.id) ?? [] })), ...more };
  }

  /** A person's settlements, newest first, found by the keyed hash of their document. */
  async ofPerson(
    identity: Identity,
    { limit = PAGE_DEFAULT, after = LAST }: Pick<Wire.SettlementSearch, 'limit' | 'after'>,
    caller: Caller,
  ): Promise<{ items: { row: SettlementRow; insurers: string[] }[]; next?: string }> {
    const person = this.#ledger.seals.person({ identity });
    const rows = await this.#store.all(settlementsOfPerson, { person, after, limit: limit + 1 });
    const { items: page, ...more } = pageOf(rows, limit);
    const insurers = await this.#insurersOf(page.map((row) => row.id));
    const detail = { count: page.length };
    await this.#audit.look({ ...caller, act: 'search', kind: 'settlement', subject: 'person', detail });
    return { items: page.map((row) => ({ row, insurers: insurers.get(row.id) ?? [] })), ...more };
  }

  async #insurersOf(ids: readonly string[]): Promise<Map<string, string[]>> {
    if (ids.length === 0) return new Map();
    const legs = await this.#store.list<Pick<LegRow, 'settlement_id' | 'insurer'>>((db) =>
      db
        .selectFrom('legs')
        .select(['settlement_id', 'insurer'])
        .where('settlement_id', 'in', ids)
        .orderBy('settlement_id')
        .orderBy('ordinal'),
    );
    const grouped = new Map<string, string[]>();
    for (const leg of legs)
      grouped.set(leg.settlement_id, [...(grouped.get(leg.settlement_id) ?? []), leg.insurer]);
    return grouped;
  }
}
