import type { Referral } from '../../schemas/referral.ts';
import type { Vault } from '../access/vault.ts';
import type { Ids } from '../clock.ts';
import type { AfterCommit } from '../delivery/port.ts';
import type { Unit } from '../store/port.ts';
import { columnsOf } from './case-file.ts';
import { initiatorEnd, recipientEnd } from './convergence.ts';
import { bodyPurpose, contentPurpose, personOf, type ReferralBody } from './model.ts';
import type { ChangeEvent } from './port.ts';
import { type EventRow, insertEvent, insertReferral, type ReferralRow } from './queries.ts';

/** The work of a creation, within a unit; `after` is to be called when that is committed. */
export type Creation = (unit: Unit, id: string) => Promise<{ referral: Referral; after: AfterCommit }>;

/** What a referral starts with, at either end. */
export interface Opening
  extends Pick<
    ReferralRow,
    'id' | 'case_id' | 'correlation_id' | 'role' | 'peer' | 'direction' | 'priority'
  > {
  readonly body: ReferralBody;
  /** The message that carries it to the other side. */
  readonly messageId: string;
  /** When it was sent, and when it is recorded here. */
  readonly at: number;
  readonly now: number;
}

/** Writes a referral and the first entry of its history: sent at one end (Y01), received at the other (01). */
export async function openReferral(
  unit: Unit,
  { vault, ids }: { vault: Vault; ids: Ids },
  { body, messageId, at, now, ...given }: Opening,
): Promise<{ row: ReferralRow; event: ChangeEvent }> {
  const sending = given.role === 'initiator';
  const end = columnsOf(sending ? initiatorEnd() : recipientEnd());
  const row: ReferralRow = {
    ...given,
    ...end,
    received_at: sending ? null : now,
    event_count: 1,
    version: 1,
    body: vault.sealJson(bodyPurpose(given.id), body),
    person: personOf(vault, body.patient.identity),
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
    type: 'send',
    detail: null,
    seq: 1,
    from_state: 'draft',
    to_state: row.state,
    transition_id: sending ? 'Y01' : '01',
    outcome: 'applied',
    message_id: messageId,
    delivery: sending ? 'queued' : null,
    content: vault.sealJson(contentPurpose(eventId), {}),
    at,
    recorded_at: now,
  };
  await unit.run(insertEvent, event);
  return { row, event: { row: event, content: {} } };
}
