import { chinaDate } from '../../../src/clock.ts';
import type { Exchange, Outcome, Period, StatementFlows, TheirRow } from '../../../src/settlement/port.ts';
import { flow } from '../nhsa/flow.ts';
import type { DailyRow } from './daily.ts';
import type { Service } from './service.ts';
import { undoInput } from './visit.ts';

export interface StatementParts {
  readonly service: Service;
  /** MrdzMx: what was settled and undone from one day to another, yyyy-MM-dd. */
  list(from: string, to: string, exchange: Exchange): Promise<Outcome<readonly DailyRow[]>>;
}

/** The county's list of a day (每日对账): it has no sums of its own, so the gateway compares row by row. */
export function dailyStatements({ service, list }: StatementParts): StatementFlows {
  return {
    groups: [],
    daily: async ({ from, to }: Period, exchange) => {
      const listed = await list(from, to, exchange);
      return listed.kind === 'accepted' ? { ...listed, value: listed.value.map(theirRowOf) } : listed;
    },
    /** ReSaveFybx by bxid. What its refusals prove is not public; the next list tells whether it is undone. */
    undo: (row, exchange) =>
      flow(async () => {
        const visited = { cardid: row.personNumber ?? row.handle?.cardid ?? '', year: yearOf(row) };
        const fields = undoInput({ billNumber: row.billNumber ?? '' }, visited, row.number ?? '');
        const done = await service.accepted({ serviceId: 'ReSaveFybx', fields }, exchange);
        return { value: 'undone' as const, at: done.at };
      }),
  };
}

/** A settlement and its reversal go by the same bxid. */
function theirRowOf(row: DailyRow): TheirRow {
  const sign = row.kind === 'settlement' ? 1 : -1;
  return {
    sign,
    number: row.bxid,
    billNumber: row.billNumber,
    personNumber: row.cardid,
    at: row.at,
    totalFen: sign * row.totalFen,
    fundFen: sign * row.reimbursedFen,
    accountFen: 0,
    handle: { djid: row.djid, cardid: row.cardid, year: chinaDate(row.at).slice(0, 4) },
  };
}

function yearOf({ handle, at }: TheirRow): string {
  return handle?.year ?? (at === undefined ? '' : chinaDate(at).slice(0, 4));
}
