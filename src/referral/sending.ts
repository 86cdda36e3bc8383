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
import { isReviewed } from './review/rules.ts';
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

/** Opens a referral here and sends it, or holds it for its review, within one unit. */
export async function sendWithin(
  parts: ActingParts,
  unit: Unit,
  by: Caller,
  { id, peer, direction, input, body, at }: Sending,
): Promise<{ row: ReferralRow; told: AfterCommit }> {
  const { clock, ids, audit } = parts;
  const now = clock.now();
  const held = isReviewed(parts.review, { role: 'initiator', channel: input.channel ?? null }, 'send')
    ? { outcome: input.outcome, doctor: body.form.doctor.number, at, since: now }
    : undefined;
  const messageId = held ? null : ids.next();
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
    ...(held ? { held } : {}),
    at,
    now,
  });
  if (messageId !== null) await enqueueRequest(parts, unit, { row, body, base, messageId, at });
  await audit.add(unit, { ...by, act: 'create', kind: 'referral', subject: id, detail: { to: peer } });
  const opened = { cause: 'opened', before: undefined, after: row, events: [event], settled: [] } as const;
  const told = await tell(parts, unit, opened);
  if (!base || !input.outcome || held) return { row, told };
  const completed = await completeBase(parts, unit, by, {
    id,
    base,
    outcome: input.outcome,
    approved: false,
  });
  const both = () => {
    told();
    completed();
  };
  return { row, told: both };
}

interface Request {
  readonly row: ReferralRow;
  readonly body: ReferralBody;
  /** The referral that it carries on or answers. */
  readonly base: ReferralRow | undefined;
  readonly messageId: string;
  readonly at: number;
}

/** Puts the package into the outbox. */
export async function enqueueRequest(
  { outbox }: Pick<ActingParts, 'outbox'>,
  unit: Unit,
  { row, body, base, messageId, at }: Request,
): Promise<void> {
  const { id, correlation_id: correlationId, peer, direction, priority, channel, retro, relation } = row;
  const request = encodeRequest({
    caseId: id,
    at,
    direction,
    priority,
    ...body,
    ...(channel ? { channel } : {}),
    ...(retro ? { retro: true } : {}),
    ...(base && relation === 'return' ? { returnOf: base.case_id } : {}),
  });
  await outbox.enqueue(unit, { id: messageId, correlationId, to: peer, orderSeq: 1, priority, ...request });
}

interface Completing {
  /** The return. */
  readonly id: string;
  readonly base: ReferralRow;
  readonly outcome: NonNullable<CreateReferral['outcome']>;
  readonly approved: boolean;
}

/** 回转: what came here is completed in the same moment; who approved the return approved its outcome. */
export function completeBase(
  parts: ActingParts,
  unit: Unit,
  by: Caller,
  { id, base, outcome, approved }: Completing,
): Promise<AfterCommit> {
  const act = { type: 'complete', outcome } as const;
  return actWithin(parts, unit, by, {
    eventId: `${id}.complete`,
    id: base.id,
    act,
    at: parts.clock.now(),
    approved,
  });
}

/** The referral that came here and that the new one carries on or answers. */
export async function baseOf(
  unit: Unit,
  { onwardOf, returnOf }: Pick<CreateReferral, 'onwardOf' | 'returnOf'>,
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
