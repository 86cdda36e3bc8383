import type { ReferralAct } from '../../schemas/referral.ts';
import type { AuditTrail } from '../access/audit.ts';
import type { Caller } from '../access/caller.ts';
import type { Vault } from '../access/vault.ts';
import { type Clock, type Ids, timestampOf } from '../clock.ts';
import { type AfterCommit, nothing, type Outbox } from '../delivery/port.ts';
import { Fault } from '../errors.ts';
import type { Unit } from '../store/port.ts';
import { replacedBy } from './amendments.ts';
import { CaseFile, type CaseParts } from './case-file.ts';
import { checkClaim } from './claim-rules.ts';
import { act as actOn } from './convergence.ts';
import { REMIND_EVERY_MS } from './deadlines.ts';
import { STATES } from './machine.ts';
import { contentOf, isTimely } from './model.ts';
import { eventById, type ReferralRow, referralToChange } from './queries.ts';
import { holdAct } from './review/holding.ts';
import { isReviewed, type ReviewRules } from './review/rules.ts';
import { encodeEvent } from './wire.ts';

export interface ActingParts extends CaseParts {
  readonly vault: Vault;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly audit: AuditTrail;
  readonly outbox: Outbox;
  /** What is reviewed here before it goes out. */
  readonly review: ReviewRules;
}

interface ActRequest {
  readonly eventId: string;
  readonly id: string;
  /** The version the caller has read; none where the act follows from another one in the same unit. */
  readonly version?: number;
  readonly act: ReferralAct;
  /** When it was done. */
  readonly at: number;
  /** It was reviewed already, together with what it follows from. */
  readonly approved?: boolean;
}

/**
 * One act of this side, within one unit: the referral, its history, the audit row, and the message that tells it; or
 * the act is held for its review.
 */
export async function actWithin(
  parts: ActingParts,
  unit: Unit,
  by: Caller,
  { eventId, id, version, act, at, approved = false }: ActRequest,
): Promise<AfterCommit> {
  const { vault, clock } = parts;
  const row = await rowToChange(unit, { eventId, id, version });
  if (!row) return nothing;
  const now = clock.now();
  const file = await CaseFile.open(unit, vault, row);
  stepOf(file, act);
  checkTime(row, act, now);
  checkClaim(parts, row, act.doctor);
  if (isReviewed(parts.review, row, act.type) && !approved) {
    await holdAct(parts, unit, by, file, { eventId, act, now });
  } else {
    await perform(parts, unit, by, file, { eventId, act, at, now });
  }
  return file.save(parts, 'acted', now);
}

/**
 * The row, under the version that was read where one was; none where this very request was done before: a repeat after
 * a crash finds what it had done.
 */
export async function rowToChange(
  unit: Unit,
  { eventId, id, version }: { eventId: string; id: string; version?: number | undefined },
): Promise<ReferralRow | undefined> {
  const row = await unit.one(referralToChange, { id });
  if (!row) throw new Fault('referral.not-found');
  if (await unit.one(eventById, { id: eventId })) return undefined;
  if (version !== undefined && row.version !== version) {
    throw new Fault('request.version', { facts: { version: row.version } });
  }
  return row;
}

/** The step of the machine, and what the message that tells it says. Throws Fault referral.transition. */
function stepOf({ end, row }: CaseFile, { type, detail }: ReferralAct) {
  const step = actOn(end, { type, detail });
  if (step.ok) return step.value;
  const { status } = STATES[row.state];
  throw new Fault('referral.transition', { facts: { state: row.state, status, type } });
}

/** Does an act: writes it to the history and the trail, and puts the message that tells it into the outbox. */
export async function perform(
  { ids, outbox, audit }: ActingParts,
  unit: Unit,
  by: Caller,
  file: CaseFile,
  { eventId, act, at, now }: { eventId: string; act: ReferralAct; at: number; now: number },
): Promise<void> {
  const { row } = file;
  const { end, move, seen } = stepOf(file, act);
  const messageId = ids.next();
  const content = { ...contentOf(act), ...(row.role === 'initiator' ? replacedBy(act, file.body) : {}) };
  if (act.type === 'remind') file.keep({ reminded_at: now });
  const { detail } = act;
  await file.acted(end, move, { id: eventId, at, now, detail, messageId, delivery: 'queued', content });
  const event = encodeEvent({ caseId: row.case_id, by: row.role, seq: move.seq, seen, at, event: act });
  await outbox.enqueue(unit, {
    id: messageId,
    correlationId: row.correlation_id,
    to: row.peer,
    orderSeq: move.seq,
    priority: row.priority,
    ...event,
  });
  await audit.add(unit, { ...by, act: act.type, kind: 'referral', subject: row.id });
}

/** What the table allows and the clock does not. */
function checkTime(row: ReferralRow, act: ReferralAct, now: number): void {
  if (act.type === 'amend' && !isTimely(row, 'amend', now)) {
    const until = row.amend_until;
    throw new Fault('referral.amend-closed', until === null ? {} : { facts: { until: timestampOf(until) } });
  }
  if (act.type === 'consent' && !isTimely(row, 'consent', now)) throw new Fault('referral.consent-not-owed');
  if (act.type === 'consent' && act.consent?.given === 'deferred') {
    throw new Fault('request.invalid', {
      pointer: '/body/consent/given',
      detail: '补交的同意不能再次待补 / a consent handed in can not be deferred again',
    });
  }
  const next = (row.reminded_at ?? -REMIND_EVERY_MS) + REMIND_EVERY_MS;
  if (act.type === 'remind' && now < next) {
    throw new Fault('referral.reminded', { retryAfterS: Math.ceil((next - now) / 1_000) });
  }
}
