import type { Referral } from '../../schemas/referral.ts';
import type { Vault } from '../access/vault.ts';
import type { Ids } from '../clock.ts';
import type { AfterCommit } from '../delivery/port.ts';
import type { Unit } from '../store/port.ts';
import { columnsOf } from './case-file.ts';
import { draftEnd, initiatorEnd, recipientEnd } from './convergence.ts';
import { AMEND_WITHIN_MS, consentDueAt, type Deadlines, dueOf } from './deadlines.ts';
import { bodyPurpose, personOf, type ReferralBody, sealContent } from './model.ts';
import type { ChangeEvent } from './port.ts';
import { type EventRow, insertEvent, insertReferral, newestOf, type ReferralRow } from './queries.ts';
import { type Held, NOT_HELD, waiting } from './review/held.ts';

/** What was created: its row, and within the same unit its answer; `after` is to be called after the commit. */
export interface Created {
  readonly row: ReferralRow;
  /** Whether it was there already: a repeat after a crash. */
  readonly repeated: boolean;
  readonly answer: () => Promise<Referral>;
  readonly after: AfterCommit;
}

/** The work of a creation, within a unit. */
export type Creation = (unit: Unit, id: string) => Promise<Created>;

/** What a referral starts with, at either end. */
export interface Opening
  extends Pick<
    ReferralRow,
    | 'id'
    | 'case_id'
    | 'correlation_id'
    | 'role'
    | 'peer'
    | 'direction'
    | 'priority'
    | 'channel'
    | 'retro'
    | 'based_on'
    | 'relation'
  > {
  readonly body: ReferralBody;
  /** The message that carries it to the other side; none where it waits here for its review. */
  readonly messageId: string | null;
  /** What waits for a review. */
  readonly held?: Held;
  /** When it was sent, and when it is recorded here. */
  readonly at: number;
  readonly now: number;
}

/**
 * Writes a referral and the first entry of its history: sent at one end (Y01), received at the other (01), or held for
 * its review (V01).
 */
export async function openReferral(
  unit: Unit,
  { vault, ids, deadlines }: { vault: Vault; ids: Ids; deadlines: Deadlines },
  { body, messageId, held, at, now, ...given }: Opening,
): Promise<{ row: ReferralRow; event: ChangeEvent }> {
  const sending = given.role === 'initiator';
  const green = given.channel === 'green';
  const end = columnsOf(held ? draftEnd() : sending ? initiatorEnd(green) : recipientEnd(green));
  const person = personOf(vault, body.patient.identity);
  const row: ReferralRow = {
    ...given,
    ...end,
    received_at: sending ? null : now,
    event_count: 1,
    version: 1,
    body: vault.sealJson(bodyPurpose(given.id), body),
    person,
    name_differs: (await isNamedOtherwise(unit, vault, person, body)) ? 1 : 0,
    amend_until: sending && green && !given.retro ? now + AMEND_WITHIN_MS : null,
    consent_due_at: consentDueAt(body, at),
    consent_overdue: 0,
    ...(given.retro ? { due_for: null, due_at: null } : dueOf(deadlines, end.state, given.priority, now)),
    overdue: 0,
    reminded_at: null,
    claim: null,
    ...(held ? waiting(vault, given.id, 'send', held) : NOT_HELD),
    created_at: now,
    updated_at: now,
  };
  await unit.run(insertReferral, row);
  const eventId = ids.next();
  const event: EventRow = {
    id: eventId,
    referral_id: row.id,
    number: 1,
    who: 'initiator',
    type: held ? 'review-submit' : 'send',
    detail: green ? 'green' : null,
    seq: held ? null : 1,
    from_state: 'draft',
    to_state: row.state,
    transition_id: held ? 'V01' : green ? 'Y16' : sending ? 'Y01' : '01',
    outcome: 'applied',
    message_id: messageId,
    delivery: sending && !held ? 'queued' : null,
    content: sealContent(vault, eventId, {}),
    at,
    recorded_at: now,
  };
  await unit.run(insertEvent, event);
  return { row, event: { row: event, content: {} } };
}

/**
 * Whether the same document number is on file here under another name: a slip of the desk more often than a change
 * of name. It is flagged and not refused, since only a person can tell which name is right.
 */
async function isNamedOtherwise(
  unit: Unit,
  vault: Vault,
  person: string,
  { patient }: ReferralBody,
): Promise<boolean> {
  const newest = await unit.one(newestOf, { person });
  if (!newest) return false;
  const { identity } = vault.openJson<ReferralBody>(bodyPurpose(newest.id), newest.body).patient;
  if (identity.name === patient.identity.name) return false;
  return plain(identity.name) !== plain(patient.identity.name);
}

/** Blanks, full width and the dot of names of other peoples are written in several ways. */
function plain(name: string): string {
  return name
    .normalize('NFKC')
    .replaceAll(/[\s·•・.]/gu, '')
    .toUpperCase();
}
