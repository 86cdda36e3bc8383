import type { FilingQuery } from '../../../schemas/filing.ts';
import type { Level } from '../../../schemas/organisation.ts';
import type { AuditTrail } from '../../access/audit.ts';
import type { Caller } from '../../access/caller.ts';
import { type Clock, chinaDate } from '../../clock.ts';
import { pageOf } from '../../http/page.ts';
import type { Store } from '../../store/port.ts';
import type { ReferralOnFile } from '../port.ts';
import type { FilingLedger } from './ledger.ts';
import {
  type FilingHistoryRow,
  type FilingRow,
  filingHistory,
  filingsByNumber,
  filingsOfReferral,
} from './queries.ts';
import { referralOf } from './rules.ts';

/** What one answer shows of a filing's past. */
const HISTORY_SHOWN_MAX = 200;
/** More filings than a referral, or a number, can have in good order. */
const OF_ONE_MAX = 50;
const PAGE_DEFAULT = 50;

/** Which filings are wanted; the person comes as the keyed hash of a reading's. */
export type FilingFilter = Omit<FilingQuery, 'readingId'> & { readonly person?: string | undefined };

/** What can be read of filings. Each look at a person's is on the audit trail. */
export class FilingArchive {
  readonly #ledger: FilingLedger;
  readonly #store: Store;
  readonly #audit: AuditTrail;
  readonly #clock: Clock;

  constructor(parts: { ledger: FilingLedger; store: Store; audit: AuditTrail; clock: Clock }) {
    this.#ledger = parts.ledger;
    this.#store = parts.store;
    this.#audit = parts.audit;
    this.#clock = parts.clock;
  }

  async read(id: string, caller: Caller): Promise<FilingRow> {
    const row = await this.#ledger.get(id);
    await this.#audit.look({ ...caller, act: 'read', kind: 'filing', subject: id });
    return row;
  }

  /** What happened to a filing, oldest first. */
  history(filing: string): Promise<FilingHistoryRow[]> {
    return this.#store.all(filingHistory, { filing, limit: HISTORY_SHOWN_MAX });
  }

  /** Filings, newest first; `next` is the cursor of the page after this one. */
  async list(filter: FilingFilter, caller: Caller): Promise<{ items: FilingRow[]; next?: string }> {
    const limit = filter.limit ?? PAGE_DEFAULT;
    const rows = await this.#store.list<FilingRow>((db) => {
      let select = db.selectFrom('filings').selectAll();
      if (filter.kind !== undefined) select = select.where('kind', '=', filter.kind);
      if (filter.state !== undefined) select = select.where('state', '=', filter.state);
      if (filter.insurer !== undefined) select = select.where('insurer', '=', filter.insurer);
      if (filter.referralId !== undefined) select = select.where('referral_id', '=', filter.referralId);
      if (filter.person !== undefined) select = select.where('person', '=', filter.person);
      if (filter.after !== undefined) select = select.where('id', '<', filter.after);
      return select.orderBy('id', 'desc').limit(limit + 1);
    });
    const page = pageOf(rows, limit);
    const detail = { count: page.items.length };
    await this.#audit.look({ ...caller, act: 'list', kind: 'filing', subject: 'list', detail });
    return page;
  }

  ofReferral(referral: string): Promise<FilingRow[]> {
    return this.#store.all(filingsOfReferral, { referral, limit: OF_ONE_MAX });
  }

  /** What a filing with this number, ours or the insurer's, says today about how a visit stands to referral. */
  async onFile(
    number: string,
    ownLevel: Level,
    levelOf: (code: string) => Level | undefined,
  ): Promise<ReferralOnFile | undefined> {
    const own = await this.#ledger.find(number);
    const rows = own ? [own] : await this.#store.all(filingsByNumber, { number, limit: OF_ONE_MAX });
    const filed = rows.find(({ state }) => state === 'filed');
    if (!filed) return undefined;
    const filing = this.#ledger.seals.filing(filed);
    return referralOf(filing, chinaDate(this.#clock.now()), ownLevel, levelOf);
  }
}
