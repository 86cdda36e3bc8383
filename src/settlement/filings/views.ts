import type * as Wire from '../../../schemas/filing.ts';
import { maskName, maskNumber } from '../../access/masking.ts';
import { timestampOf } from '../../clock.ts';
import { type ErrorCode, errorTable } from '../../errors.ts';
import { maskAbout } from '../model.ts';
import type { FilingStanding, KnownFiling } from '../port.ts';
import { findingsOf } from './findings.ts';
import { actionsOf } from './machine.ts';
import type { FilingSeals } from './model.ts';
import type { FilingHistoryRow, FilingRow } from './queries.ts';

/** A filing as the API shows it: what was filed in full, the person masked. */
export function filingView(
  row: FilingRow,
  history: readonly FilingHistoryRow[],
  seals: FilingSeals,
): Wire.Filing {
  const { id: _id, identity: _identity, operator: _operator, ...filing } = seals.filing(row);
  const { kind: _kind, insutype, from, to, telephone, address, ...part } = filing;
  const cause = causeView(row, seals);
  return {
    ...headView(row, seals),
    ...(insutype === undefined ? {} : { insutype }),
    from,
    ...(to === undefined ? {} : { to }),
    ...(telephone === undefined ? {} : { telephone }),
    ...(address === undefined ? {} : { address }),
    [row.kind]: part,
    ...(cause && { cause }),
    ...(row.exchange === null ? {} : { exchangeId: row.exchange }),
    findings: findingsOf(row),
    history: history.map((entry) => historyView(entry, seals)),
  };
}

export function summaryView(row: FilingRow, seals: FilingSeals): Wire.FilingSummary {
  return { ...headView(row, seals), ...(row.cause_code === null ? {} : { cause: row.cause_code }) };
}

export function standingView({ id, insurer, state, number }: FilingRow): FilingStanding {
  return { id, insurer, state, ...(number === null ? {} : { number }) };
}

/** A filing that an insurer has on its list. */
export function knownView({ kind, from, to, about, number }: KnownFiling) {
  return {
    kind,
    from,
    about,
    ...(to === undefined ? {} : { to }),
    ...(number === undefined ? {} : { number }),
  };
}

function headView(row: FilingRow, seals: FilingSeals) {
  const { name, documentNumber } = seals.filing(row).identity;
  return {
    id: row.id,
    insurer: row.insurer,
    kind: row.kind,
    state: row.state,
    ...(row.doubt_of === null ? {} : { doubtOf: row.doubt_of }),
    version: row.version,
    actions: actionsOf(row.state),
    ...(row.number === null ? {} : { number: row.number }),
    ...(row.referral_id === null ? {} : { referralId: row.referral_id }),
    person: { name: maskName(name), documentNumber: maskNumber(documentNumber) },
    createdAt: timestampOf(row.created_at),
    updatedAt: timestampOf(row.updated_at),
  };
}

function causeView(row: FilingRow, seals: FilingSeals): Wire.Filing['cause'] {
  const kind = row.cause_code === null ? undefined : errorTable[row.cause_code as ErrorCode];
  if (!kind || row.cause_code === null) return undefined;
  const reason = seals.reason(row);
  return {
    code: row.cause_code,
    title: { zh: kind.zh[0], en: kind.en[0] },
    next: { zh: kind.zh[1], en: kind.en[1] },
    ...(reason === undefined ? {} : { reason: maskAbout(reason, seals.filing(row).identity.name) }),
  };
}

function historyView(entry: FilingHistoryRow, seals: FilingSeals): Wire.Filing['history'][number] {
  const note = seals.note(entry);
  return {
    version: entry.version,
    at: timestampOf(entry.at),
    ...(entry.from_state === null ? {} : { from: entry.from_state }),
    to: entry.to_state,
    event: entry.event,
    by: entry.by_client,
    ...(entry.cause_code === null ? {} : { code: entry.cause_code }),
    ...(note === undefined ? {} : { note }),
  };
}
