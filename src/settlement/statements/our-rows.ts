import type { Store } from '../../store/port.ts';
import type { SettlementSeals } from '../model.ts';
import type { OurRow } from '../port.ts';
import type { LegRow } from '../queries.ts';
import { legByNumber, legByReversal, reversedLegs, settledLegs } from './leg-queries.ts';
import type { Span } from './periods.ts';

/** Legs read at once; a day's rows are never all in memory. */
const PAGE_ROWS = 500;

/** Our ledger as a statement needs it: a row for each settlement of a period, and one for each reversal. */
export class OurRows {
  readonly #store: Store;
  readonly #seals: SettlementSeals;

  constructor(store: Store, seals: SettlementSeals) {
    this.#store = store;
    this.#seals = seals;
  }

  /** Settlements, or reversals, in the order of the insurer's time; those of the groups asked for. */
  async *of(
    insurer: string,
    { from, to }: Span,
    refund: boolean,
    isWanted: (group: string) => boolean = () => true,
  ): AsyncGenerator<OurRow> {
    let at = from - 1;
    let after = '';
    for (;;) {
      const page = { insurer, from, to, at, after, limit: PAGE_ROWS };
      const legs = await this.#store.all(refund ? reversedLegs : settledLegs, page);
      for (const leg of legs) {
        if (isWanted(leg.statement_group ?? '')) yield this.row(leg, refund);
      }
      const last = legs.at(-1);
      if (!last || legs.length < PAGE_ROWS) return;
      at = (refund ? last.reversed_at : last.settled_at) ?? at;
      after = last.settlement_id;
    }
  }

  /** The row of ours that has a number of the insurer's. */
  async byNumber(insurer: string, number: string, sign: 1 | -1): Promise<OurRow | undefined> {
    if (sign === 1) {
      const leg = await this.#store.one(legByNumber, { insurer, number });
      return leg && this.row(leg, false);
    }
    const leg = await this.#store.one(legByReversal, { insurer, number });
    return leg && this.row(leg, true);
  }

  row(leg: LegRow, refund: boolean): OurRow {
    const sign = refund ? -1 : 1;
    const of = (fen: number | null) => sign * (fen ?? 0) + 0;
    return {
      settlementId: leg.settlement_id,
      group: leg.statement_group ?? '',
      sign,
      number: (refund ? leg.reversal_number : leg.number) ?? '',
      ...(refund && leg.number !== null ? { reverses: leg.number } : {}),
      ownId: refund ? '' : (leg.own_id ?? ''),
      totalFen: of(leg.total_fen),
      fundFen: of(leg.fund_fen),
      accountFen: of(leg.account_fen),
      cashFen: of(leg.cash_fen),
      at: (refund ? leg.reversed_at : leg.settled_at) ?? 0,
      handle: this.#seals.settled(leg)?.handle ?? {},
    };
  }
}
