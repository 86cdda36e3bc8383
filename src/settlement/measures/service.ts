import type { SettlementMeasureQuery, SettlementMeasures } from '../../../schemas/measure.ts';
import { type Clock, timestampOf } from '../../clock.ts';
import { yuanOf } from '../../money.ts';
import { spanOf } from '../../store/china-days.ts';
import type { Store } from '../../store/port.ts';
import { type FundRow, type SumRow, sumFunds, sumSettlements } from './queries.ts';

const DEFINITION = {
  zh: '期间内结算且仍然有效(未冲销)的结算,按医保方的结算时间归期。几家共同支付的一张账单算一笔,总额和现金只算一次;按医保分组时,总额是报给该医保的金额,现金是它支付之后剩下的。各基金的金额是医保方在应答中给出的明细。',
  en: 'settlements of the time that stand (were not reversed), by the time that the insurer gives. A bill that several payers share is one, with one total and one rest in cash; by insurer the total is what the insurer was asked for, and cash what it left. What each fund pays is as the insurer said in its answer.',
};

const NOTHING: Omit<SumRow, 'key'> = {
  ...{ settlements: 0, total_fen: 0, fund_fen: 0, account_fen: 0, paid_fen: 0, cash_fen: 0 },
};

/** Who paid how much: added up in the database, without opening what is sealed. */
export class SettlementMeasureService {
  readonly #parts: {
    readonly store: Store;
    readonly clock: Clock;
    readonly insurers: ReadonlyMap<string, unknown>;
  };

  constructor(parts: {
    readonly store: Store;
    readonly clock: Clock;
    readonly insurers: ReadonlyMap<string, unknown>;
  }) {
    this.#parts = parts;
  }

  async settlements({ from, to, groupBy }: SettlementMeasureQuery): Promise<SettlementMeasures> {
    const { store, clock, insurers } = this.#parts;
    const span = { ...spanOf(from, to), insurers: [...insurers.keys()] };
    const about = { from, to, at: timestampOf(clock.now()), definition: { ...DEFINITION } };
    // A list of none is no SQL.
    if (insurers.size === 0) return { ...about, total: sumsOf(NOTHING, []), groups: [] };
    const [total = NOTHING] = await sumSettlements(store, span);
    const funds = await sumFunds(store, span);
    if (!groupBy) return { ...about, total: sumsOf(total, funds), groups: [] };
    const groups = await sumSettlements(store, span, groupBy);
    const fundsOfGroups = Map.groupBy(await sumFunds(store, span, groupBy), ({ key }) => key);
    return {
      ...about,
      total: sumsOf(total, funds),
      groups: groups.map((row) => ({ key: row.key, ...sumsOf(row, fundsOfGroups.get(row.key) ?? []) })),
    };
  }
}

function sumsOf(row: Omit<SumRow, 'key'>, funds: readonly FundRow[]) {
  return {
    settlements: row.settlements,
    total: yuanOf(row.total_fen),
    fund: yuanOf(row.fund_fen),
    account: yuanOf(row.account_fen),
    paid: yuanOf(row.paid_fen),
    cash: yuanOf(row.cash_fen),
    funds: funds.map(({ fund, fen }) => ({ fund, amount: yuanOf(fen) })),
  };
}
