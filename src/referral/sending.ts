import type { CreateReferral } from '../../schemas/referral.ts';
import type { Caller } from '../access/caller.ts';
import type { AfterCommit } from '../delivery/port.ts';
import { Fault } from '../errors.ts';
import type { Unit } from '../store/port.ts';
import { type ActingParts, actWithin } from './acting.ts';
import { isTerminal } from './machine.ts';
import type { ReferralBody } from './model.ts';
import { tell } from './observing.ts';
import { openReferral } from './opening.ts';
import { type ReferralRow, referralToChange } from './queries.ts';
import { encodeRequest } from './wire.ts';

interface Sending {
  readonly id: string;
  readonly peer: string;
  readonly direction: ReferralRow['direction'];
  readonly input: CreateReferral;
  readonly body: ReferralBody;
  /** When the patient was sent. */
  readonly at: number;
}

/** Opens a referral here and sends it, within one unit. */
export async function sendWithin(
  parts: ActingParts,
  unit: Unit,
  by: Caller,
  { id, peer, direction, input, body, at }: Sending,
): Promise<{ row: ReferralRow; told: AfterCommit }> {
  const { clock, ids, audit, outbox } = parts;
  const now = clock.now();
  const messageId = ids.next();
  const { priority, channel, retro } = input;
  const base = await baseOf(unit, input, peer);
  const correlationId = base?.correlation_id ?? id;
  const { row, event } = await openReferral(unit, parts, {
    id,
    case_id: id,
    correlation_id: correlationId,
    role: 'initiator',
    peer,
    direction,
    priority,
    channel: channel ?? null,
    retro: retro ? 1 : 0,
    based_on: base?.id ?? null,
    relation: base ? (input.returnOf ? 'return' : 'onward') : null,
    body,
    messageId,
    at,
    now,
  });
  const request = encodeRequest({
    caseId: id,
    at,
    direction,
    priority,
    ...body,
    ...(channel ? { channel } : {}),
    ...(retro ? { retro } : {}),
    ...(base && input.returnOf ? { returnOf: base.case_id } : {}),
  });
  await outbox.enqueue(unit, { id: messageId, correlationId, to: peer, orderSeq: 1, priority, ...request });
  await audit.add(unit, { ...by, act: 'create', kind: 'referral', subject: id, detail: { to: peer } });
  const opened = { cause: 'opened', before: undefined, after: row, events: [event], settled: [] } as const;
  const told = await tell(parts, unit, opened);
  if (!base || !input.outcome) return { row, told };
  // 回转: what came here is completed in the same moment.
  const act = { type: 'complete', outcome: input.outcome } as const;
  const completed = await actWithin(parts, unit, by, {
    eventId: `${id}.complete`,
    id: base.id,
    act,
    at: now,
  });
  const both = () => {
    told();
    completed();
  };
  return { row, told: both };
}

/** The referral that came here and that the new one carries on or answers. */
async function baseOf(
  unit: Unit,
  { onwardOf, returnOf }: CreateReferral,
  peer: string,
): Promise<ReferralRow | undefined> {
  const id = onwardOf ?? returnOf;
  if (id === undefined) return undefined;
  const pointer = returnOf === undefined ? '/body/onwardOf' : '/body/returnOf';
  const row = await unit.one(referralToChange, { id });
  if (!row) throw new Fault('referral.not-found', { pointer });
  if (row.role !== 'recipient') throw new Fault('referral.not-received', { pointer });
  if (returnOf !== undefined && row.peer !== peer) {
    throw new Fault('referral.return-elsewhere', { pointer: '/body/to' });
  }
  // What was declined or cancelled never came about; what is completed may still be sent on or back.
  if (isTerminal(row.state) && row.state !== 'completed') {
    throw new Fault('referral.transition', { pointer, facts: { state: row.state, type: 'send' } });
  }
  return row;
}
