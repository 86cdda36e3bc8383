import type { ReferralAct } from '../../../schemas/referral.ts';
import type { Caller } from '../../access/caller.ts';
import { Fault } from '../../errors.ts';
import type { ReferralService } from '../service.ts';
import { actOf, checkedAct } from './acts.ts';
import { answerIn, cancellationIn, isCancellationRequest } from './cancellation.ts';
import { textAt } from './look-in.ts';
import type { Resource } from './resource.ts';
import type { FhirReads } from './service.ts';

interface Parts {
  readonly reads: FhirReads;
  readonly referrals: ReferralService;
}

export interface TaskUpdate {
  readonly id: string;
  /** Names the act, the same on every repeat. */
  readonly eventId: string;
  /** The version that the caller has read. */
  readonly version: number | undefined;
  /** What the caller wants the task to be, from what it is. */
  readonly change: (task: Resource) => Resource;
}

/**
 * Brings a task to where it is wanted, by one act of the machine; answers it as it is then. A request to call a
 * referral off is answered the same way: its version is that of its referral.
 */
export async function updateTask(
  { reads, referrals }: Parts,
  by: Caller,
  { id, eventId, version, change }: TaskUpdate,
): Promise<Resource> {
  if (version === undefined) throw new Fault('request.version-missing');
  const before = await reads.read(by, 'Task', id);
  // A repeat of this request after a crash finds what it had done.
  if (await reads.knowsEvent(eventId)) return before;
  const cancelling = isCancellationRequest(before);
  const about = cancelling ? textAt(before, 'focus', 'reference')!.replace('Task/', '') : id;
  const referral = await referrals.get(by, about);
  if (referral.version !== version)
    throw new Fault('request.version', { facts: { version: referral.version } });
  const wanted = change(before);
  const answer = cancelling ? answerIn(before, wanted) : undefined;
  const act: ReferralAct | undefined = cancelling
    ? answer && checkedAct(answer)
    : actOf(referral, before, wanted);
  if (!act) return before;
  await referrals.act(by, eventId, about, version, act);
  return reads.read(by, 'Task', id);
}

/** Asks to call a referral off, as CancellationRequest has it; answers the task that says what became of that. */
export async function requestCancellation(
  { reads, referrals }: Parts,
  by: Caller,
  task: Resource,
  { eventId, version }: Pick<TaskUpdate, 'eventId' | 'version'>,
): Promise<Resource> {
  const { referral, act } = cancellationIn(task);
  const checked = checkedAct(act);
  if (await reads.knowsEvent(eventId)) return reads.read(by, 'Task', eventId);
  const current = await referrals.get(by, referral);
  await referrals.act(by, eventId, referral, version ?? current.version, checked);
  return reads.read(by, 'Task', eventId);
}
