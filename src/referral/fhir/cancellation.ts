import type { HistoryEntry, ReferralAct } from '../../../schemas/referral.ts';
import { Fault } from '../../errors.ts';
import { COW, OURS, SYSTEM } from './codes.ts';
import { type Dossier, metaOf, partiesOf, patientIdOf } from './dossier.ts';
import { codeIn, listAt, textAt, wordsOf } from './look-in.ts';
import { concept, type Resource, referenceTo } from './resource.ts';
import { referenceId } from './search.ts';

/**
 * The CancellationRequest of HL7 Clinical Order Workflows: a task of its own by which the initiator asks to call the
 * referral off. The receiver's word on it, accepted or rejected, confirms or refuses the cancellation (rows 23, Y04).
 *
 *     requested ──reached the receiver──► received ──cancelled──► accepted
 *                                             └──refused, or the referral ended otherwise──► rejected
 */
export function isCancellationRequest(task: unknown): boolean {
  return codeIn([(task as Resource).code], SYSTEM.taskCode) === 'abort';
}

const ASKING: EventType = 'request-cancellation';
type EventType = HistoryEntry['type'];

/** What decides on a request that is pending; whatever else happens leaves it so. */
const ANSWERS: Readonly<Partial<Record<EventType, 'accepted' | 'rejected'>>> = {
  'confirm-cancellation': 'accepted',
  'refuse-cancellation': 'rejected',
  complete: 'rejected',
  decline: 'rejected',
};

/** The requests to call a referral off, oldest first. */
export function cancellationTasksOf(dossier: Dossier, history: readonly HistoryEntry[]): Resource[] {
  return history.flatMap((entry, index) =>
    entry.type === ASKING ? [cancellationTaskOf(dossier, entry, history.slice(index + 1))] : [],
  );
}

function cancellationTaskOf(dossier: Dossier, entry: HistoryEntry, later: readonly HistoryEntry[]): Resource {
  const { referral, person } = dossier;
  const { requester, owner } = partiesOf(dossier);
  const answer = entry.outcome === 'ignored' ? undefined : later.find(({ type }) => type in ANSWERS);
  const pending = entry.outcome === 'pending' ? 'requested' : 'received';
  const status = entry.outcome === 'ignored' ? 'rejected' : answer ? ANSWERS[answer.type] : pending;
  const why = answer?.reason?.text ?? answer?.text;
  return {
    resourceType: 'Task',
    id: entry.id,
    meta: metaOf(referral, COW.cancellationRequest),
    groupIdentifier: { system: OURS.correlation, value: referral.correlationId },
    status,
    ...(why === undefined ? {} : { statusReason: { text: why } }),
    intent: 'order',
    priority: referral.priority,
    code: concept(SYSTEM.taskCode, 'abort'),
    focus: referenceTo('Task', referral.id),
    for: referenceTo('Patient', patientIdOf(person)),
    authoredOn: entry.at,
    lastModified: laterOf(entry.at, answer?.at),
    requester,
    owner,
    ...(entry.reason
      ? {
          reasonCode: {
            ...(entry.reason.code === undefined
              ? {}
              : { coding: [{ system: OURS.reason, code: entry.reason.code }] }),
            text: entry.reason.text,
          },
        }
      : {}),
  };
}

/** The clocks of two ends differ; a task was never changed before it was made. */
function laterOf(asked: string, answered: string | undefined): string {
  return answered !== undefined && Date.parse(answered) > Date.parse(asked) ? answered : asked;
}

/** Which referral a posted request is about, and the act that it asks for. */
export function cancellationIn(task: Resource): { readonly referral: string; readonly act: ReferralAct } {
  if (!isCancellationRequest(task)) {
    const detail = 'alone, only a task with code abort is taken; a referral begins with its ServiceRequest';
    throw new Fault('fhir.resource', { pointer: '/body/code', detail });
  }
  if (task.status !== 'requested')
    throw new Fault('fhir.resource', { pointer: '/body/status', detail: 'requested is expected' });
  const focus = textAt(task, 'focus', 'reference');
  if (focus === undefined)
    throw new Fault('fhir.resource', { pointer: '/body/focus', detail: 'focus names the Task' });
  const type = /(?:^|\/)ServiceRequest\//.test(focus) ? 'ServiceRequest' : 'Task';
  const code = codeIn([task.reasonCode, task.statusReason], OURS.reason);
  const text =
    wordsOf(task.reasonCode) ?? wordsOf(task.statusReason) ?? textAt(task, 'description') ?? NO_REASON;
  const reason = { ...(code === undefined ? {} : { code }), text };
  return { referral: referenceId('focus', focus, type), act: { type: 'request-cancellation', reason } };
}

/** Others may ask without saying why; our machine wants the receiver to see that. */
const NO_REASON = '未说明原因 / no reason given';

/** The act by which the receiver answers a request; none where nothing is asked for. Throws Fault fhir.resource. */
export function answerIn(before: Resource, wanted: Resource): ReferralAct | undefined {
  if (wanted.status === before.status) return undefined;
  if (before.status === 'accepted' || before.status === 'rejected') {
    const facts = { state: String(before.status), type: String(wanted.status).slice(0, 20) };
    throw new Fault('referral.transition', { pointer: '/body/status', facts });
  }
  const notes = listAt(wanted, 'note').flatMap((each) => textAt(each, 'text') ?? []);
  const text = notes.length === 0 ? {} : { text: notes.join('\n') };
  if (wanted.status === 'accepted') return { type: 'confirm-cancellation', ...text };
  const why = wordsOf(wanted.statusReason);
  if (wanted.status !== 'rejected')
    throw new Fault('fhir.resource', { pointer: '/body/status', detail: 'accepted or rejected is expected' });
  if (why === undefined)
    throw new Fault('fhir.resource', { pointer: '/body/statusReason', detail: 'a refusal says why' });
  return { type: 'refuse-cancellation', reason: { text: why }, ...text };
}
