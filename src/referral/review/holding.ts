import type { ReferralAct } from '../../../schemas/referral.ts';
import type { AuditTrail } from '../../access/audit.ts';
import type { Caller } from '../../access/caller.ts';
import type { Vault } from '../../access/vault.ts';
import { Fault } from '../../errors.ts';
import type { Unit } from '../../store/port.ts';
import type { CaseFile } from '../case-file.ts';
import type { EventContent } from '../model.ts';
import { waiting } from './held.ts';
import { nextReview, type ReviewEvent, type ReviewTransition } from './machine.ts';

interface HoldingParts {
  readonly vault: Vault;
  readonly audit: AuditTrail;
}

/** An answer waits for its reviewer; one that waited before gives way to it. */
export async function holdAct(
  parts: HoldingParts,
  unit: Unit,
  by: Caller,
  file: CaseFile,
  { eventId, act, now }: { eventId: string; act: ReferralAct; now: number },
): Promise<void> {
  const step = reviewStep(file, 'submit');
  const content = { of: act.type };
  await recordReview(parts, unit, by, file, { eventId, step, content, now });
  const held = { act, doctor: act.doctor, since: now };
  file.keep(waiting(parts.vault, file.row.id, act.type, held));
}

/** The step of the review. Throws Fault referral.review-state. */
export function reviewStep({ row }: CaseFile, event: ReviewEvent): ReviewTransition {
  const step = nextReview(row.review, event);
  if (step.ok) return step.value;
  throw reviewFault(row, event);
}

export function reviewFault({ review }: CaseFile['row'], type: string): Fault {
  return new Fault('referral.review-state', { facts: { review: review ?? 'none', type } });
}

/** Writes a step to the history and to the trail. */
export async function recordReview(
  { audit }: Pick<HoldingParts, 'audit'>,
  unit: Unit,
  by: Caller,
  file: CaseFile,
  given: { eventId: string; step: ReviewTransition; content: EventContent; now: number },
): Promise<void> {
  const { eventId, step, content, now } = given;
  await file.reviewed(step, { id: eventId, at: now, now, messageId: null, delivery: null, content });
  const who = content.by?.number;
  await audit.add(unit, {
    ...by,
    act: `review-${step.event}`,
    kind: 'referral',
    subject: file.row.id,
    detail: {
      ...(content.of === undefined ? {} : { of: content.of }),
      ...(who === undefined ? {} : { who }),
    },
  });
}
