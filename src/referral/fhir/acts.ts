import Compile from 'typebox/compile';
import { type Referral, ReferralAct } from '../../../schemas/referral.ts';
import { Fault } from '../../errors.ts';
import { CONTENT } from '../content.ts';
import { type Act, STATE_NAMES, STATES, type StateName } from '../machine.ts';
import { businessCodeOf, OURS } from './codes.ts';
import { codeIn, listAt, textAt, wordsOf } from './look-in.ts';
import type { Resource } from './resource.ts';

const actSchema = Compile(ReferralAct);

/** The act by which a referral comes to each state. */
const ACT_TO: Readonly<Partial<Record<StateName, Act>>> = {
  accepted: 'accept',
  declined: 'decline',
  scheduled: 'schedule',
  active: 'schedule',
  'no-show': 'no-show',
  unscheduled: 'cancel-appointment',
  arrived: 'arrive',
  noted: 'note',
  'cancellation-requested': 'request-cancellation',
  cancelled: 'confirm-cancellation',
  completed: 'complete',
};

/** Where a status alone says where the task is to go. */
const STATE_OF_STATUS: Readonly<Record<string, StateName>> = {
  accepted: 'accepted',
  rejected: 'declined',
  cancelled: 'cancelled',
  completed: 'completed',
  'in-progress': 'active',
};

/**
 * The act that an update of a task asks for; none where it asks for nothing. `before` is the task as the caller read
 * it: what it holds already is not told again.
 */
export function actOf(referral: Referral, before: Resource, wanted: Resource): ReferralAct | undefined {
  const state = stateWanted(referral, wanted);
  const news = newsIn(before, wanted);
  const type = typeOf(referral.state, state, news);
  if (type === undefined) return undefined;
  const { needs, takes } = CONTENT[type];
  const coarse = state === 'active' && (type === 'schedule' || type === 'note');
  const offered: Partial<ReferralAct> = coarse ? { ...news, detail: 'coarse', appointment: undefined } : news;
  const taken = [...needs, ...takes].filter((field) => offered[field] !== undefined);
  return checkedAct({ type, ...Object.fromEntries(taken.map((field) => [field, offered[field]])) });
}

/** An act as /v1 would take it. Throws Fault fhir.resource. */
export function checkedAct(act: Pick<ReferralAct, 'type'>): ReferralAct {
  if (!actSchema.Check(act)) {
    const [error] = actSchema.Errors(act);
    const detail = `${act.type}: ${error?.instancePath ?? ''} ${error?.message ?? 'does not fit'}`;
    throw new Fault('fhir.resource', { pointer: '/body', detail });
  }
  return act;
}

function typeOf(from: StateName, to: StateName, news: News): Act | undefined {
  const refusing = from === 'cancellation-requested' && !STATES_AFTER_REQUEST.has(to);
  if (refusing) return 'refuse-cancellation';
  if (to === from) {
    if (to === 'scheduled' && news.appointment) return 'reschedule';
    if ((to === 'noted' || to === 'active') && news.text !== undefined) return 'note';
    return undefined;
  }
  if (to === 'scheduled' && (from === 'no-show' || from === 'scheduled')) return 'reschedule';
  if (to === 'active' && news.text !== undefined) return 'note';
  return ACT_TO[to];
}

const STATES_AFTER_REQUEST: ReadonlySet<StateName> = new Set([
  'cancellation-requested',
  'cancelled',
  'completed',
]);

/** The state that status and business status name together. Throws Fault fhir.resource where they name none. */
function stateWanted(referral: Referral, wanted: Resource): StateName {
  const status = textAt(wanted, 'status');
  const code = businessCodeOf(listAt(wanted, 'businessStatus', 'coding'));
  const current = STATES[referral.state];
  const unchanged = code === undefined || code === current.businessStatus;
  if (unchanged && status === current.status) return referral.state;
  const named = STATE_NAMES.filter((name) => STATES[name].status === status);
  const exact = named.find((name) => STATES[name].businessStatus === code);
  // A business status that was only carried along says nothing of where to go.
  const state = exact ?? (unchanged ? STATE_OF_STATUS[status ?? ''] : undefined);
  if (state === undefined || ACT_TO[state] === undefined) {
    if (state !== undefined && referral.state === 'cancellation-requested') return state;
    throw new Fault('fhir.resource', {
      pointer: '/body/businessStatus',
      detail: 'status and businessStatus name no state that a referral can be brought to',
    });
  }
  return state;
}

type News = Pick<ReferralAct, 'text' | 'reason' | 'appointment' | 'outcome'>;

/** What an update tells beyond what the task said before: notes, the reason, the parts of appointment and outcome. */
function newsIn(before: Resource, wanted: Resource): News {
  const known = new Set(listAt(before, 'note').map((each) => JSON.stringify(each)));
  const notes = listAt(wanted, 'note').filter((each) => !known.has(JSON.stringify(each)));
  const text = notes.flatMap((each) => textAt(each, 'text') ?? []).join('\n');
  const reasonText = wordsOf(wanted.statusReason);
  const code = codeIn([wanted.statusReason], OURS.reason) ?? textAt(wanted.statusReason, 'coding', 0, 'code');
  const old = new Set(listAt(before, 'output').map((each) => JSON.stringify(each)));
  const output = listAt(wanted, 'output').filter((each) => !old.has(JSON.stringify(each)));
  return {
    ...(text === '' ? {} : { text }),
    ...(reasonText === undefined
      ? {}
      : { reason: { ...(code === undefined ? {} : { code }), text: reasonText } }),
    ...appointmentIn(output),
    ...outcomeIn(output, wanted),
  };
}

function appointmentIn(output: readonly Record<string, unknown>[]): Pick<News, 'appointment'> {
  const time = partOf(output, 'appointment-at', 'valueDateTime');
  if (time === undefined) return {};
  const code = partOf(output, 'appointment-department-code');
  const department = {
    ...(code === undefined ? {} : { code }),
    name: partOf(output, 'appointment-department') ?? '',
  };
  const rest = defined({
    doctor: partOf(output, 'appointment-doctor'),
    place: partOf(output, 'appointment-place'),
    instructions: partOf(output, 'appointment-instructions'),
  });
  return { appointment: { at: time, department, ...rest } };
}

/** The outcome in our codes; from others, the first text is the diagnosis and the owner is the doctor. */
function outcomeIn(output: readonly Record<string, unknown>[], wanted: Resource): Pick<News, 'outcome'> {
  const plain = output.find((each) => codeIn([each.type], OURS.output) === undefined);
  const diagnosis = partOf(output, 'diagnosis') ?? textAt(plain, 'valueString');
  if (diagnosis === undefined) return {};
  const name = partOf(output, 'doctor') ?? textAt(wanted, 'owner', 'display') ?? '';
  const doctor = {
    name,
    ...defined({ phone: partOf(output, 'doctor-phone'), number: partOf(output, 'doctor-number') }),
  };
  const rest = defined({
    inpatientNumber: partOf(output, 'inpatient-number'),
    findings: partOf(output, 'findings'),
    treatment: partOf(output, 'treatment'),
    nextPlan: partOf(output, 'next-plan'),
    rehabilitation: partOf(output, 'rehabilitation'),
  });
  return { outcome: { diagnosis, ...rest, doctor } };
}

function partOf(
  output: readonly Record<string, unknown>[],
  code: string,
  member = 'valueString',
): string | undefined {
  return textAt(
    output.findLast((each) => codeIn([each.type], OURS.output) === code),
    member,
  );
}

function defined<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}
