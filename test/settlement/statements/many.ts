import type { Test } from 'tap';
import { insertLeg } from '../../../src/settlement/leg-queries.ts';
import { SettlementSeals } from '../../../src/settlement/model.ts';
import type { SectionSums, StatementFlows } from '../../../src/settlement/port.ts';
import { insertSettlement, type LegRow, type SettlementRow } from '../../../src/settlement/queries.ts';
import { settledLegs } from '../../../src/settlement/statements/leg-queries.ts';
import type { Store } from '../../../src/store/port.ts';
import { testVault } from '../../helper.ts';
import { DAY, newWorld } from './parts.ts';

const PAGE_ROWS = 500;
/** Written in one unit of work. */
const UNIT_ROWS = 100;

/** Compares a day of so many settlements, and looks at how many are read at once. */
export async function compareMany(t: Test, store: Store, count: number): Promise<void> {
  const counting = new Agreeing();
  const world = await newWorld(t, { store, statements: () => counting });
  await fill(store, count);
  const pages: number[] = [];
  const watched: Store = {
    dialect: store.dialect,
    one: (query, args) => store.one(query, args),
    list: (build) => store.list(build),
    write: (work) => store.write(work),
    close: () => store.close(),
    all: async (query, args) => {
      const rows = await store.all(query, args);
      if (query.name === settledLegs.name) pages.push(rows.length);
      return rows;
    },
  };
  const statement = await world.start(watched).compare();
  t.match(statement, { state: 'balanced' });
  t.match(counting.seen, { count, totalFen: count * 100 });
  t.equal(Math.max(...pages), PAGE_ROWS, 'no more of them are read at once');
  t.equal(pages.length, count / PAGE_ROWS + 1);
}

const AT = { exchangeId: '', transaction: '3202', ownId: '' };

/** An insurer that agrees with what it is shown, once it answers, and counts it. */
export class Agreeing implements StatementFlows {
  readonly groups = [];
  readonly #until: Promise<void>;

  constructor(until: Promise<void> = Promise.resolve()) {
    this.#until = until;
  }

  seen: SectionSums = { count: 0, totalFen: 0, fundFen: 0, accountFen: 0, cashFen: 0 };
  readonly totals: StatementFlows['totals'] = async () => ({
    ...{ kind: 'accepted', value: { balanced: true, words: '' }, at: AT },
  });
  readonly details: StatementFlows['details'] = async (_section, _period, rows) => {
    await this.#until;
    const numbers = new Set<string>();
    let totalFen = 0;
    for await (const row of rows) {
      numbers.add(row.number);
      totalFen += row.totalFen;
    }
    if (numbers.size > 0) this.seen = { ...this.seen, count: numbers.size, totalFen };
    return { kind: 'accepted', value: { theirs: [], ours: [], cut: false }, at: AT };
  };

  async undo() {
    return { kind: 'accepted', value: 'undone', at: AT } as const;
  }
}

/** Settled bills of a yuan each, three of them in each second. */
async function fill(store: Store, count: number): Promise<void> {
  const seals = new SettlementSeals(testVault());
  const start = Date.parse(`${DAY}T00:00:00+08:00`);
  for (let first = 0; first < count; first += UNIT_ROWS) {
    await store.write(async (unit) => {
      for (let n = first; n < first + UNIT_ROWS; n++) {
        const id = `many-${n}`;
        const at = start + Math.floor(n / 3) * 1_000;
        const settlement: SettlementRow = {
          ...{
            id,
            client: 'his',
            bill_number: id,
            person: 'p',
            state: 'settled',
            doubt_of: null,
            attempt: 1,
          },
          ...{
            version: 1,
            setting: 'outpatient',
            stay_id: null,
            referral_source: null,
            leg: 1,
            goal: null,
            way: 0,
          },
          ...{
            bill: Buffer.alloc(0),
            total_fen: 100,
            fund_fen: 50,
            account_fen: 0,
            paid_fen: 0,
            cash_fen: 50,
          },
          ...{
            cause_code: null,
            cause_reason: null,
            failure_code: null,
            failure_reason: null,
            asked_at: null,
          },
          ...{ next_check_at: null, tries: 0, undecided: 0, runner: null, created_at: at, updated_at: at },
        };
        const split = { totalFen: 100, funds: [], fundFen: 50, accountFen: 0, cashFen: 50, hospitalFen: 0 };
        const rest = { fullOwnFen: 0, overLimitFen: 0, firstOwnFen: 0, inScopeFen: 100, deductibleFen: 0 };
        const handle = { psn_no: `P${n}`, mdtrt_id: `V${n}` };
        const settled = { split: { ...split, ...rest }, number: `S${n}`, settledAt: at, handle };
        const leg: LegRow = {
          ...{ settlement_id: id, ordinal: 1, insurer: 'nhsa', place: 'basic', bill_number: id, live: 1 },
          ...{ state: 'settled', quote: null, settled: seals.sealSettled(id, 1, settled), number: `S${n}` },
          ...{
            reversal_number: null,
            settled_at: at,
            reversed_at: null,
            own_id: `M${n}`,
            money_exchange: null,
          },
          ...{ statement_group: '310|11|430100', total_fen: 100, fund_fen: 50, account_fen: 0, paid_fen: 0 },
          ...{ cash_fen: 50, funds: '{"pooled":50}' },
        };
        await unit.run(insertSettlement, settlement);
        await unit.run(insertLeg, leg);
      }
    });
  }
}
