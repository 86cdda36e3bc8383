import type { ReviewDecision, ReviewSubmission } from '../../../schemas/referral-review.ts';
import type { Caller } from '../../access/caller.ts';
import { type AfterCommit, nothing } from '../../delivery/port.ts';
import { Fault } from '../../errors.ts';
import type { Unit } from '../../store/port.ts';
import { type ActingParts, perform, rowToChange } from '../acting.ts';
import { CaseFile } from '../case-file.ts';
import { occurredAt } from '../content.ts';
import { consentDueAt } from '../deadlines.ts';
import { isTerminal } from '../machine.ts';
import { bodyPurpose, defined } from '../model.ts';
import type { ReferralRow } from '../queries.ts';
import { checkReasonCode } from '../reasons.ts';
import { baseOf, completeBase, enqueueRequest } from '../sending.ts';
import { correcting, type Held, heldOf, NOT_HELD, waiting } from './held.ts';
import { recordReview, reviewFault, reviewStep } from './holding.ts';
import type { ReviewTransition } from './machine.ts';

interface Change<T> {
  /** From the Idempotency-Key. */
  readonly eventId: string;
  readonly id: string;
  /** From If-Match: a reviewer decides on what he has read. */
  readonly version: number;
  readonly given: T;
}

/**
 * A reviewer lets go what waits, refuses it, or sends it back, within one unit: what is approved is done and sent in
 * the moment of the approval. Nobody reviews what they submitted themselves.
 */
export async function decideWithin(
  parts: ActingParts,
  unit: Unit,
  by: Caller,
  { given, ...change }: Change<ReviewDecision>,
): Promise<AfterCommit> {
  const { decision, reviewer, reason, text } = given;
  if (decision !== 'approve') checkReason(decision, reason, true);
  const row = await rowToChange(unit, change);
  if (!row) return nothing;
  const { vault, clock } = parts;
  const now = clock.now();
  const file = await CaseFile.open(unit, vault, row);
  const step = reviewStep(file, decision);
  const held = heldOf(vault, row)!;
  if (held.doctor === reviewer.number) throw new Fault('referral.review-own');
  const content = { by: reviewer, of: row.review_act!, ...defined({ reason, text }) };
  await recordReview(parts, unit, by, file, { eventId: change.eventId, step, content, now });
  file.keep(
    step.to === 'none' ? NOT_HELD : correcting(vault, row, { ...held, returned: { reviewer, reason, text } }),
  );
  return follow(parts, unit, by, { file, held, step, eventId: change.eventId, now });
}

/** The doctor submits anew what is under review, corrected or not, or takes it back. */
export async function submitWithin(
  parts: ActingParts,
  unit: Unit,
  by: Caller,
  { given, ...change }: Change<ReviewSubmission>,
): Promise<AfterCommit> {
  const { type, doctor, form, department, consent, reason, text } = given;
  checkReason(type, reason, false);
  const row = await rowToChange(unit, change);
  if (!row) return nothing;
  checkCorrections(row, given);
  const { vault, clock } = parts;
  const now = clock.now();
  const file = await CaseFile.open(unit, vault, row);
  if (row.review === null) throw reviewFault(row, type);
  const step = reviewStep(file, type);
  const held = heldOf(vault, row)!;
  if (department) {
    file.keep({ body: vault.sealJson(bodyPurpose(row.id), { ...file.body, department }) });
  }
  const content = { by: doctor, of: row.review_act!, ...defined({ reason, text, form, consent }) };
  await recordReview(parts, unit, by, file, { eventId: change.eventId, step, content, now });
  const { returned: _, ...kept } = held;
  const again: Held = { ...kept, doctor: doctor.number, since: now };
  file.keep(step.to === 'none' ? NOT_HELD : waiting(vault, row.id, row.review_act!, again));
  return follow(parts, unit, by, { file, held, step, eventId: change.eventId, now });
}

interface Following {
  readonly file: CaseFile;
  readonly held: Held;
  readonly step: ReviewTransition;
  readonly eventId: string;
  readonly now: number;
}

/** What the step does to the referral, as its row says; then the referral is put back. */
async function follow(
  parts: ActingParts,
  unit: Unit,
  by: Caller,
  { file, held, step, eventId, now }: Following,
): Promise<AfterCommit> {
  const effect = file.row.role === 'initiator' ? step.out : step.in;
  if (effect === 'send') return sendHeld(parts, unit, by, { file, held, eventId, now });
  const id = `${eventId}.${effect}`;
  if (effect === 'discard') {
    await file.discarded({ id, at: now, now, messageId: null, delivery: null, content: {} });
  }
  if (effect === 'act') {
    const act = held.act!;
    await perform(parts, unit, by, file, { eventId: id, act, at: occurredAt(act, now), now });
  }
  return file.save(parts, 'acted', now);
}

/** The referral goes out, as it is now; the time at which the patient was sent is that of its approval. */
async function sendHeld(
  parts: ActingParts,
  unit: Unit,
  by: Caller,
  { file, held, eventId, now }: Omit<Following, 'step'>,
): Promise<AfterCommit> {
  const { row, body } = file;
  const { id, based_on, relation, peer, retro } = row;
  const link = relation === 'return' ? { returnOf: based_on! } : relation ? { onwardOf: based_on! } : {};
  const base = await baseOf(unit, link, peer);
  const messageId = parts.ids.next();
  const at = retro ? (held.at ?? now) : now;
  file.keep({ consent_due_at: consentDueAt(body, at), consent_overdue: 0 });
  await file.sent({ id: `${eventId}.send`, at, now, messageId, delivery: 'queued', content: {} });
  await enqueueRequest(parts, unit, { row, body, base, messageId, at });
  const told = await file.save(parts, 'acted', now);
  const { outcome } = held;
  // It may have been completed meanwhile, by an act of its own.
  if (!base || !outcome || isTerminal(base.state)) return told;
  const completed = await completeBase(parts, unit, by, { id, base, outcome, approved: true });
  return () => {
    told();
    completed();
  };
}

/** What must be explained needs a reason; a refusal, one that is coded. */
function checkReason(event: string, reason: ReviewDecision['reason'], needed: boolean): void {
  const missing = !reason ? '/body/reason' : '/body/reason/code';
  if (needed && (!reason || (event === 'refuse' && reason.code === undefined))) {
    throw new Fault('request.invalid', { pointer: missing, detail: `${event} 需要此项 / needs this` });
  }
  checkReasonCode(event, reason?.code);
}

/** Only a referral is corrected here; an answer is given anew as the act it is. */
function checkCorrections({ role }: ReferralRow, given: ReviewSubmission): void {
  const corrected = (['form', 'department', 'consent'] as const).find((field) => given[field] !== undefined);
  if (corrected === undefined || (role === 'initiator' && given.type === 'submit')) return;
  const detail = '仅用于重新提交转诊 / only where a referral is submitted anew';
  throw new Fault('request.invalid', { pointer: `/body/${corrected}`, detail });
}
