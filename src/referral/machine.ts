import { err, ok, type Result } from '../result.ts';

/**
 * The referral machine: one table, from which the gateway, its API (`actions`), its documentation and its tests read.
 *
 * Rows 01-34 are the harmonised transitions of HL7 BSeR (STU2) with their TID; rows beginning with Y are ours. What
 * the BSeR table leaves open, and what we do about it:
 * - 01 goes straight from draft to received. FHIR tells `requested` (sent) from `received` (the other side has it),
 *   so the initiator shows `requested` until the transport receipt arrives (Y01, Y02).
 * - 31 and 32 start like 06 and 08: they are what a recipient sends that reports no appointment detail. The event
 *   says which by its `detail`, fine (the default) or coarse.
 * - 5.1 (active) is used by 31-34 but is missing from the code system, and has no way to an outcome: Y08-Y10.
 * - Nothing refuses a cancellation and carries on. Y04 does, back to the state before, as the CancellationRequest
 *   Task of HL7 Clinical Order Workflows can be rejected.
 * - 到诊 has no state of its own. `arrived` stands between 5.1.1 and 5.1.4; accepted reaches it directly, since
 *   patients come without an appointment.
 * - The green channel (急诊绿色通道) begins under way: nobody waits for an acceptance, the recipient confirms the
 *   arrival (Y16, Y17).
 * - Reminding (催办), amending an emergency's form and handing in a consent that was owed are told to the other side
 *   and leave the state as it is (Y18-Y21).
 * - There is no decline from 5.1.3 or 5.2, and no way out of a terminal state. That is kept.
 */

/** initiator: who sends the patient; recipient: who is to receive them. */
export type Party = 'initiator' | 'recipient';

interface StateFacts {
  /** FHIR Task.status. */
  readonly status: string;
  /** Task.businessStatus in TaskBusinessStatusCS of BSeR; `arrived` is our own. */
  readonly businessStatus: string | null;
  readonly terminal?: true;
  readonly zh: string;
  readonly en: string;
}

export const STATES = {
  draft: { status: 'draft', businessStatus: null, zh: '未发出,审核中', en: 'not sent: under review' },
  requested: {
    status: 'requested',
    businessStatus: '2.0',
    zh: '已发出,待送达',
    en: 'sent, not yet delivered',
  },
  received: {
    status: 'received',
    businessStatus: '2.0',
    zh: '已送达,待受理',
    en: 'delivered, to be answered',
  },
  accepted: { status: 'accepted', businessStatus: '3.0', zh: '已接收', en: 'accepted' },
  declined: { status: 'rejected', businessStatus: '4.0', terminal: true, zh: '已拒绝', en: 'declined' },
  active: {
    status: 'in-progress',
    businessStatus: '5.1',
    zh: '进行中',
    en: 'in progress, no detail reported',
  },
  scheduled: { status: 'in-progress', businessStatus: '5.1.1', zh: '已预约', en: 'appointment made' },
  'no-show': { status: 'in-progress', businessStatus: '5.1.2', zh: '未到诊', en: 'did not come' },
  unscheduled: {
    status: 'in-progress',
    businessStatus: '5.1.3',
    zh: '预约已取消',
    en: 'appointment cancelled',
  },
  arrived: { status: 'in-progress', businessStatus: 'arrived', zh: '已到诊', en: 'arrived' },
  noted: { status: 'in-progress', businessStatus: '5.1.4', zh: '诊疗中', en: 'interim note sent' },
  'cancellation-requested': {
    status: 'in-progress',
    businessStatus: '5.2',
    zh: '申请撤销',
    en: 'cancellation requested',
  },
  cancelled: { status: 'cancelled', businessStatus: '6.0', terminal: true, zh: '已撤销', en: 'cancelled' },
  completed: { status: 'completed', businessStatus: '7.0', terminal: true, zh: '已完成', en: 'completed' },
} as const satisfies Record<string, StateFacts>;

export type StateName = keyof typeof STATES;

export const STATE_NAMES = Object.keys(STATES) as StateName[];

/** Where a referral stands. `before` is where a refused cancellation goes back to. */
export interface State {
  readonly name: StateName;
  readonly before?: StateName;
}

export const DRAFT: State = { name: 'draft' };

/** What either side may do, and what the gateway does by itself: send, store, discard, receipt. */
export const ACTS = [
  'accept',
  'decline',
  'schedule',
  'reschedule',
  'no-show',
  'cancel-appointment',
  'arrive',
  'note',
  'complete',
  'request-cancellation',
  'confirm-cancellation',
  'refuse-cancellation',
  'remind',
  'amend',
  'consent',
] as const;

export type Act = (typeof ACTS)[number];
export type EventType = Act | 'send' | 'store' | 'discard' | 'receipt';
export type Detail = 'fine' | 'coarse' | 'green';

export interface MachineEvent {
  readonly type: EventType;
  /**
   * How finely the recipient reports; fine unless said otherwise. Tells 06 from 31 and 08 from 32. A package sent by
   * the green channel is `green`, which tells Y16 from 01.
   */
  readonly detail?: Detail | undefined;
}

export interface Transition {
  /** The TID of BSeR, or Y and a number. */
  readonly id: string;
  readonly who: Party;
  readonly event: EventType;
  readonly from: StateName;
  /** `before`: back to where the referral stood when the cancellation was requested. */
  readonly to: StateName | 'before';
  /** Only for events of this detail. */
  readonly detail?: Detail;
  /** The message that tells the other side; none where the act is the gateway's own. */
  readonly message: 'referral.request' | 'referral.event' | null;
  /** The trigger event, in the words of BSeR. */
  readonly trigger: string;
}

const triggers: Record<EventType, string> = {
  send: 'Send Referral Package',
  store: 'Referral durably accepted by the initiator’s gateway',
  discard: 'Referral refused by a review, or withdrawn, before it was sent',
  receipt: 'Receipt of the referral package',
  accept: 'Send Acceptance',
  decline: 'Send Decline',
  schedule: 'Send Schedule Visit Information',
  reschedule: 'Send rescheduled visit information',
  'no-show': 'Send No Show Information',
  'cancel-appointment': 'Send appointment cancel',
  arrive: 'Send arrival',
  note: 'Send Interim Consultation Note',
  complete: 'Send Referral Outcome',
  'request-cancellation': 'Send Cancelation Request',
  'confirm-cancellation': 'Send Cancelation Confirmation',
  'refuse-cancellation': 'Send Cancelation Refusal',
  remind: 'Send Reminder',
  amend: 'Send Amended Form',
  consent: 'Send Consent',
};

type Row = [
  id: string,
  party: 'I' | 'R',
  event: EventType,
  from: StateName,
  to: StateName | 'before',
  detail?: Detail,
];

// biome-ignore format: one line says it
const UNDER_WAY: readonly StateName[] = ['received', 'accepted', 'active', 'scheduled', 'no-show', 'unscheduled', 'arrived', 'noted'];

const rows: readonly Row[] = [
  ['01', 'I', 'send', 'draft', 'received'],
  ['02', 'R', 'accept', 'received', 'accepted'],
  ['03', 'R', 'decline', 'received', 'declined'],
  ['04', 'I', 'request-cancellation', 'received', 'cancellation-requested'],
  ['05', 'R', 'decline', 'accepted', 'declined'],
  ['06', 'R', 'schedule', 'accepted', 'scheduled', 'fine'],
  ['07', 'I', 'request-cancellation', 'accepted', 'cancellation-requested'],
  ['08', 'R', 'note', 'accepted', 'noted', 'fine'],
  ['09', 'R', 'complete', 'accepted', 'completed'],
  ['10', 'R', 'decline', 'scheduled', 'declined'],
  ['11', 'R', 'reschedule', 'scheduled', 'scheduled'],
  ['12', 'R', 'no-show', 'scheduled', 'no-show'],
  ['13', 'R', 'cancel-appointment', 'scheduled', 'unscheduled'],
  ['14', 'I', 'request-cancellation', 'scheduled', 'cancellation-requested'],
  ['15', 'R', 'note', 'scheduled', 'noted'],
  ['16', 'R', 'complete', 'scheduled', 'completed'],
  ['17', 'R', 'decline', 'no-show', 'declined'],
  ['18', 'R', 'reschedule', 'no-show', 'scheduled'],
  ['19', 'R', 'cancel-appointment', 'no-show', 'unscheduled'],
  ['20', 'I', 'request-cancellation', 'no-show', 'cancellation-requested'],
  ['21', 'R', 'schedule', 'unscheduled', 'scheduled'],
  ['22', 'I', 'request-cancellation', 'unscheduled', 'cancellation-requested'],
  ['23', 'R', 'confirm-cancellation', 'cancellation-requested', 'cancelled'],
  ['24', 'R', 'complete', 'cancellation-requested', 'completed'],
  ['25', 'R', 'decline', 'noted', 'declined'],
  ['26', 'R', 'schedule', 'noted', 'scheduled'],
  ['27', 'R', 'cancel-appointment', 'noted', 'unscheduled'],
  ['28', 'I', 'request-cancellation', 'noted', 'cancellation-requested'],
  ['29', 'R', 'note', 'noted', 'noted'],
  ['30', 'R', 'complete', 'noted', 'completed'],
  ['31', 'R', 'schedule', 'accepted', 'active', 'coarse'],
  ['32', 'R', 'note', 'accepted', 'active', 'coarse'],
  ['33', 'R', 'decline', 'active', 'declined'],
  ['34', 'I', 'request-cancellation', 'active', 'cancellation-requested'],
  // The initiator's view until the other side has the package.
  ['Y01', 'I', 'store', 'draft', 'requested'],
  ['Y02', 'I', 'receipt', 'requested', 'received'],
  ['Y03', 'I', 'request-cancellation', 'requested', 'cancellation-requested'],
  // A cancellation refused.
  ['Y04', 'R', 'refuse-cancellation', 'cancellation-requested', 'before'],
  // 到诊.
  ['Y05', 'R', 'arrive', 'accepted', 'arrived'],
  ['Y06', 'R', 'arrive', 'scheduled', 'arrived'],
  ['Y07', 'R', 'arrive', 'no-show', 'arrived'],
  // The coarse recipient's way to the end.
  ['Y08', 'R', 'arrive', 'active', 'arrived'],
  ['Y09', 'R', 'note', 'active', 'active'],
  ['Y10', 'R', 'complete', 'active', 'completed'],
  // From 到诊 on, as 10, 15, 16, 26 and 14.
  ['Y11', 'R', 'decline', 'arrived', 'declined'],
  ['Y12', 'R', 'note', 'arrived', 'noted'],
  ['Y13', 'R', 'complete', 'arrived', 'completed'],
  ['Y14', 'R', 'schedule', 'arrived', 'scheduled'],
  ['Y15', 'I', 'request-cancellation', 'arrived', 'cancellation-requested'],
  // The green channel.
  ['Y16', 'I', 'send', 'draft', 'active', 'green'],
  ['Y17', 'I', 'receipt', 'active', 'active'],
  // Never sent: see review/machine.ts.
  ['Y22', 'I', 'discard', 'draft', 'cancelled'],
  // Told to the other side, without a change of state.
  ...staying('Y18', 'I', 'remind', [...UNDER_WAY, 'cancellation-requested']),
  ...staying('Y19', 'R', 'remind', UNDER_WAY),
  ...staying('Y20', 'I', 'amend', UNDER_WAY),
  ...staying('Y21', 'I', 'consent', [...UNDER_WAY, 'cancellation-requested']),
];

/** A row for each of these states, under one number: Y18-accepted. */
function staying(id: string, party: 'I' | 'R', event: EventType, states: readonly StateName[]): Row[] {
  return states.map((state) => [`${id}-${state}`, party, event, state, state]);
}

export const TRANSITIONS: readonly Transition[] = rows.map(([id, party, event, from, to, detail]) => ({
  id,
  who: party === 'I' ? 'initiator' : 'recipient',
  event,
  from,
  to,
  ...(detail ? { detail } : {}),
  message: messageOf(event),
  trigger: triggers[event],
}));

function messageOf(event: EventType): Transition['message'] {
  if (event === 'send') return 'referral.request';
  return ['store', 'discard', 'receipt'].includes(event) ? null : 'referral.event';
}

const byKey = new Map<string, Transition[]>();
for (const row of TRANSITIONS) {
  const key = `${row.from} ${row.who} ${row.event}`;
  byKey.set(key, [...(byKey.get(key) ?? []), row]);
}

/** The step that an event takes from a state, or that the table has none. */
export function next(
  state: State,
  event: MachineEvent,
  who: Party,
): Result<{ readonly state: State; readonly transition: Transition }, 'transition'> {
  const candidates = byKey.get(`${state.name} ${who} ${event.type}`) ?? [];
  const detail = event.detail ?? 'fine';
  const transition =
    candidates.find((row) => row.detail === detail) ?? candidates.find((row) => row.detail === undefined);
  if (!transition) return err('transition');
  return ok({ state: stateAfter(state, transition), transition });
}

function stateAfter(state: State, { from, to }: Transition): State {
  if (to === from) return state;
  if (to === 'before') return { name: state.before ?? 'received' };
  if (to !== 'cancellation-requested') return { name: to };
  return { name: to, before: state.name };
}

/** What this side may do now: the acts with a row from this state. */
export function actionsOf(state: State, who: Party): Act[] {
  return ACTS.filter((act) => byKey.has(`${state.name} ${who} ${act}`));
}

/** Whether nothing can follow. */
export function isTerminal(name: StateName): boolean {
  return 'terminal' in STATES[name];
}
