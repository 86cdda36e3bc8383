import type { Organisation } from '../../../schemas/organisation.ts';
import type { HistoryEntry, Referral } from '../../../schemas/referral.ts';
import { Fault } from '../../errors.ts';
import type { Rows } from '../../store/port.ts';
import type { ReferralModel } from '../model.ts';
import { historyPage, type ReferralRow, referralById } from '../queries.ts';

/** Entries of a history a form looks at. One that is longer is no referral any more but a loop. */
const ENTRIES_MAX = 1_000;

/** A referral with all that happened to it: what every form, upload and data set is made of. */
export interface CaseRecord {
  readonly referral: Referral;
  /** Who sent the patient, and to whom. */
  readonly from: Organisation;
  readonly to: Organisation;
  /** Oldest first. */
  readonly entries: readonly HistoryEntry[];
}

export interface RecordParts {
  readonly model: ReferralModel;
  readonly own: Organisation;
}

/** Reads one referral whole. Fault `referral.not-found`. */
export async function readRecord(rows: Rows, parts: RecordParts, id: string): Promise<CaseRecord> {
  const row = await rows.one(referralById, { id });
  if (!row) throw new Fault('referral.not-found');
  return recordOf(rows, parts, row);
}

/** Completes a row to its record. */
export async function recordOf(
  rows: Rows,
  { model, own }: RecordParts,
  row: ReferralRow,
): Promise<CaseRecord> {
  const events = await rows.all(historyPage, { referral_id: row.id, after: 0, limit: ENTRIES_MAX });
  const applied = events.filter(({ outcome }) => outcome === 'applied');
  const referral = model.referral(row, applied.toReversed());
  const us = { code: own.code, name: own.name };
  const sending = row.role === 'initiator';
  return {
    referral,
    from: sending ? us : referral.peer,
    to: sending ? referral.peer : us,
    entries: events.map((event) => model.entry(event)),
  };
}

/** When the referral was sent, by the sender's own clock. */
export function sentAt({ entries, referral }: CaseRecord): string {
  return entries.find(({ type }) => type === 'send')?.at ?? referral.createdAt;
}

/** When its outcome was written, if it was. */
export function completedAt({ entries }: CaseRecord): string | undefined {
  return entries.findLast(({ type, outcome }) => type === 'complete' && outcome === 'applied')?.at;
}
