import { isTerminal } from '../machine.ts';
import type { ReferralChange, ReferralObserver } from '../port.ts';
import { addTimes } from './queries.ts';

/** Writes down when a referral was answered and closed, in the unit of the change itself. */
export const measuring: ReferralObserver = {
  async changed(unit, change) {
    const times = timesOf(change);
    if (times) await unit.run(addTimes, { referral_id: change.after.id, ...times });
    return () => undefined;
  },

  /** The initiator's gateway has what ended the referral here. */
  async delivered(unit, { referral_id, who, outcome, to_state }, receivedAt) {
    if (who !== 'recipient' || outcome !== 'applied' || !isTerminal(to_state)) return;
    const times = { sent_at: null, answered_at: null, closed_at: null, acknowledged_at: receivedAt };
    await unit.run(addTimes, { referral_id, ...times });
  },
};

function timesOf({ before, after, events }: ReferralChange) {
  // What has no number was not told to the other side.
  const answer = events.find(
    ({ row }) => row.who === 'recipient' && row.seq !== null && row.outcome === 'applied',
  );
  const closed = after.closed === 1 && before?.closed !== 1;
  const sent = before && events.find(({ row }) => row.type === 'send');
  if (!answer && !closed && !sent) return undefined;
  const last = events.at(-1)?.row;
  return {
    sent_at: sent?.row.recorded_at ?? null,
    answered_at: answer ? Math.max(answer.row.at, after.received_at ?? 0) : null,
    closed_at: closed ? (last?.at ?? after.updated_at) : null,
    // What ends a referral comes from the recipient: here at the initiator it is known at both ends.
    acknowledged_at: closed && after.role === 'initiator' ? after.updated_at : null,
  };
}
