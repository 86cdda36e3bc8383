import type { ReferralAct } from '../../schemas/referral.ts';
import { Fault } from '../errors.ts';
import { err, ok, type Result } from '../result.ts';
import type { Act } from './machine.ts';

type Field = 'text' | 'reason' | 'appointment' | 'outcome' | 'detail' | 'form' | 'consent';

/** What each act must bring with it, and what it may. */
export const CONTENT: Record<Act, { readonly needs: readonly Field[]; readonly takes: readonly Field[] }> = {
  accept: { needs: [], takes: ['text'] },
  decline: { needs: ['reason'], takes: ['text'] },
  schedule: { needs: [], takes: ['appointment', 'detail', 'text'] },
  reschedule: { needs: ['appointment'], takes: ['text'] },
  'no-show': { needs: [], takes: ['reason', 'text'] },
  'cancel-appointment': { needs: ['reason'], takes: ['text'] },
  arrive: { needs: [], takes: ['text'] },
  note: { needs: ['text'], takes: ['detail'] },
  complete: { needs: ['outcome'], takes: ['text'] },
  'request-cancellation': { needs: ['reason'], takes: ['text'] },
  'confirm-cancellation': { needs: [], takes: ['text'] },
  'refuse-cancellation': { needs: ['reason'], takes: ['text'] },
  remind: { needs: [], takes: ['text'] },
  amend: { needs: ['form'], takes: ['text'] },
  consent: { needs: ['consent'], takes: ['text'] },
};

const FIELDS: readonly Field[] = ['text', 'reason', 'appointment', 'outcome', 'detail', 'form', 'consent'];

/** Whether an act brings what it needs and nothing else. A coarse schedule names no appointment; a fine one must. */
export function checkContent(
  act: ReferralAct,
): Result<Act, { readonly field: Field; readonly wrong: 'missing' | 'extra' }> {
  const { type } = act;
  const { needs, takes } = CONTENT[type];
  for (const field of FIELDS) {
    const given = act[field] !== undefined;
    if (needs.includes(field) && !given) return err({ field, wrong: 'missing' });
    if (given && !needs.includes(field) && !takes.includes(field)) return err({ field, wrong: 'extra' });
  }
  if (type === 'schedule') {
    const coarse = act.detail === 'coarse';
    if (coarse && act.appointment) return err({ field: 'appointment', wrong: 'extra' });
    if (!coarse && !act.appointment) return err({ field: 'appointment', wrong: 'missing' });
  }
  return ok(type);
}

/** An act that happened in the future is a wrong clock at the desk; this much is forgiven. */
const FUTURE_MS = 300_000;

/** When an act happened: now, unless it says otherwise. Throws a Fault where that is to come yet. */
export function occurredAt(act: Pick<ReferralAct, 'occurredAt'>, now: number): number {
  const at = act.occurredAt === undefined ? now : Date.parse(act.occurredAt);
  if (at <= now + FUTURE_MS) return at;
  throw new Fault('request.invalid', { pointer: '/body/occurredAt', detail: '时间在未来 / in the future' });
}
