import type { StayQuery } from '../../../schemas/stay.ts';
import type { AuditTrail } from '../../access/audit.ts';
import type { Caller } from '../../access/caller.ts';
import { pageOf } from '../../http/page.ts';
import type { Store } from '../../store/port.ts';
import { type ExchangeSummary, summaryColumns } from '../exchange-queries.ts';
import type { StayLedger } from './ledger.ts';
import type { StayRecord } from './model.ts';
import { type StayHistoryRow, type StayRow, stayHistory } from './queries.ts';

/** What one answer shows of a stay's past, newest first. */
const HISTORY_SHOWN_MAX = 200;
const EXCHANGES_SHOWN_MAX = 1_000;
const PAGE_DEFAULT = 50;

/** What can be read of stays. Each look is on the audit trail. */
export class StayArchive {
  readonly #ledger: StayLedger;
  readonly #store: Store;
  readonly #audit: AuditTrail;

  constructor(parts: { ledger: StayLedger; store: Store; audit: AuditTrail }) {
    this.#ledger = parts.ledger;
    this.#store = parts.store;
    this.#audit = parts.audit;
  }

  async read(id: string, caller: Caller): Promise<StayRecord> {
    const stay = await this.#ledger.get(id);
    await this.#audit.look({ ...caller, act: 'read', kind: 'stay', subject: id });
    return stay;
  }

  history(id: string): Promise<Omit<StayHistoryRow, 'content'>[]> {
    return this.#store.all(stayHistory, { stay: id, limit: HISTORY_SHOWN_MAX });
  }

  /** Its requests to the insurer, newest first. */
  exchanges(id: string): Promise<ExchangeSummary[]> {
    return this.#store.list<ExchangeSummary>((db) =>
      db
        .selectFrom('stay_exchanges as s')
        .innerJoin('exchanges as e', 'e.id', 's.exchange_id')
        .select(summaryColumns.map((column) => `e.${column}` as const))
        .where('s.stay_id', '=', id)
        .orderBy('s.exchange_id', 'desc')
        .limit(EXCHANGES_SHOWN_MAX),
    );
  }

  /** Stays, newest first; `next` is the cursor of the page after this one. */
  async list(filter: StayQuery, caller: Caller): Promise<{ items: StayRow[]; next?: string }> {
    const limit = filter.limit ?? PAGE_DEFAULT;
    const rows = await this.#store.list<StayRow>((db) => {
      let select = db.selectFrom('stays').selectAll();
      if (filter.state !== undefined) select = select.where('state', '=', filter.state);
      if (filter.number !== undefined) select = select.where('number', '=', filter.number);
      if (filter.after !== undefined) select = select.where('id', '<', filter.after);
      return select.orderBy('id', 'desc').limit(limit + 1);
    });
    const page = pageOf(rows, limit);
    const detail = { count: page.items.length };
    await this.#audit.look({ ...caller, act: 'list', kind: 'stay', subject: 'list', detail });
    return page;
  }
}
