import type * as Wire from '../../../schemas/stay.ts';
import { timestampOf } from '../../clock.ts';
import { type ErrorCode, errorTable } from '../../errors.ts';
import { yuanOf } from '../../money.ts';
import { maskAbout } from '../model.ts';
import { referralView } from '../visit-referral.ts';
import { findingsOf } from './findings.ts';
import type { LineSums } from './line-queries.ts';
import { actionsOf } from './machine.ts';
import type { StayRecord, StaySeals } from './model.ts';
import type { StayHistoryRow, StayRow } from './queries.ts';

/** A stay as the API shows it. */
export function stayView(
  { row }: StayRecord,
  sums: readonly LineSums[],
  history: readonly Omit<StayHistoryRow, 'content'>[],
  seals: StaySeals,
): Wire.Stay {
  const cause = causeView(row, seals);
  return {
    ...headView(row),
    ...(cause && { cause }),
    ...(row.act === null || row.exchange_id === null ? {} : { exchangeId: row.exchange_id }),
    findings: findingsOf(row),
    ...(row.referral_source === null ? {} : referralView(seals.content(row).stay.referral)),
    charges: chargesView(sums),
    history: history.map((entry) => ({
      seq: entry.seq,
      at: timestampOf(entry.at),
      ...(entry.from_state === null ? {} : { from: entry.from_state }),
      to: entry.to_state,
      event: entry.event,
      ...(entry.act === null ? {} : { act: entry.act }),
      by: entry.by_client,
      ...(entry.cause_code === null ? {} : { code: entry.cause_code }),
      ...(entry.note === null ? {} : { note: seals.note(row.id, entry.note) }),
    })),
  };
}

export function staySummary(row: StayRow): Wire.StaySummary {
  return { ...headView(row), ...(row.cause_code === null ? {} : { cause: row.cause_code }) };
}

function headView(row: StayRow) {
  return {
    id: row.id,
    insurer: row.insurer,
    number: row.number,
    state: row.state,
    ...(row.act === null ? {} : { act: row.act }),
    version: row.version,
    actions: actionsOf(row),
    admittedAt: timestampOf(row.admitted_at),
    ...(row.discharged_at === null ? {} : { dischargedAt: timestampOf(row.discharged_at) }),
    createdAt: timestampOf(row.created_at),
    updatedAt: timestampOf(row.updated_at),
  };
}

function chargesView(sums: readonly LineSums[]): Wire.Stay['charges'] {
  const there = sums.filter(({ state }) => state === 'there');
  const free = there.filter((sum) => sum.free === 1);
  const count = (rows: readonly LineSums[]) => rows.reduce((total, { lines }) => total + lines, 0);
  const yuan = (rows: readonly LineSums[], of: (sum: LineSums) => number | null) =>
    yuanOf(rows.reduce((total, sum) => total + (of(sum) ?? 0), 0));
  return {
    lines: count(there),
    total: yuan(there, ({ total }) => total),
    freeLines: count(free),
    free: yuan(free, ({ total }) => total),
    underWay: count(sums.filter(({ state }) => state === 'sent' || state === 'leaving')),
    withdrawn: count(sums.filter(({ state }) => state === 'withdrawn')),
    fullOwn: yuan(there, (sum) => sum.full_own),
    overLimit: yuan(there, (sum) => sum.over_limit),
    firstOwn: yuan(there, (sum) => sum.first_own),
    inScope: yuan(there, (sum) => sum.in_scope),
    undivided: there.reduce((total, { undivided }) => total + undivided, 0),
  };
}

function causeView(row: StayRow, seals: StaySeals): Wire.Stay['cause'] {
  const kind = row.cause_code === null ? undefined : errorTable[row.cause_code as ErrorCode];
  if (!kind || row.cause_code === null) return undefined;
  const reason = seals.reason(row);
  return {
    code: row.cause_code,
    title: { zh: kind.zh[0], en: kind.en[0] },
    next: { zh: kind.zh[1], en: kind.en[1] },
    ...(reason === undefined ? {} : { reason: maskAbout(reason, seals.content(row).stay.identity.name) }),
  };
}
