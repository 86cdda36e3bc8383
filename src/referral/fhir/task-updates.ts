import type { Caller } from '../../access/caller.ts';
import { Fault } from '../../errors.ts';
import type { ReferralService } from '../service.ts';
import { actOf } from './acts.ts';
import type { Resource } from './resource.ts';
import type { FhirReads } from './service.ts';

export interface TaskUpdate {
  readonly id: string;
  /** Names the act, the same on every repeat. */
  readonly eventId: string;
  /** The version that the caller has read. */
  readonly version: number | undefined;
  /** What the caller wants the task to be, from what it is. */
  readonly change: (task: Resource) => Resource;
}

/** Brings a task to where it is wanted, by one act of the machine; answers it as it is then. */
export async function updateTask(
  { reads, referrals }: { readonly reads: FhirReads; readonly referrals: ReferralService },
  by: Caller,
  { id, eventId, version, change }: TaskUpdate,
): Promise<Resource> {
  if (version === undefined) throw new Fault('request.version-missing');
  const before = await reads.read(by, 'Task', id);
  // A repeat of this request after a crash finds what it had done.
  if (await reads.knowsEvent(eventId)) return before;
  const referral = await referrals.get(by, id);
  if (referral.version !== version)
    throw new Fault('request.version', { facts: { version: referral.version } });
  const act = actOf(referral, before, change(before));
  if (!act) return before;
  await referrals.act(by, eventId, id, version, act);
  return reads.read(by, 'Task', id);
}
