import type { Doubt, Proof } from '../../../src/settlement/port.ts';
import { stateOf } from './calls.ts';
import { type Meaning, meaningOf, type Order } from './orders.ts';

/** What to do about a doubt, once the state of its order is known. */
export type Next = Proof | { readonly is: 'paid' } | { readonly is: 'refunded' } | { readonly is: 'revoke' };

export interface Patience {
  /** How long a patient may take to pay, or a refund to be made, from when it was asked for. */
  readonly payWithinMs: number;
  readonly now: number;
}

/** From one look at an order that is still waited for to the next. */
const LOOK_AGAIN_MS = 15_000;

/**
 * What the state of an order (6301) proves of a 6202 or a 6203 whose answer was lost:
 *
 * | state | lost 6202 | lost 6203 |
 * |---|---|---|
 * | paid | it settled | not refunded: looked at again, and after a while it has no effect |
 * | unpaid | looked at again while the patient may pay, then the order is revoked | proves nothing |
 * | partly paid | looked at again while the patient may pay, then nothing is proved | proves nothing |
 * | never paid | no effect | proves nothing |
 * | refunded | no effect any more | it reversed |
 * | unclear | proves nothing | proves nothing |
 *
 * A request that nobody answered in all that time is not under way any more; a lost refund that came later still would
 * bear the number of the one that follows it, and be the same.
 */
export function nextOf(order: Order, { of, lost }: Pick<Doubt, 'of' | 'lost'>, patience: Patience): Next {
  const meaning = meaningOf(order);
  const endsAt = Math.max(lost.sentAt + patience.payWithinMs, lost.deadlineAt);
  const waiting = patience.now < endsAt;
  const again = { ...open(order), until: Math.min(patience.now + LOOK_AGAIN_MS, endsAt) };
  const ofSettle: Record<Meaning, Next> = {
    paid: { is: 'paid' },
    unpaid: waiting ? again : { is: 'revoke' },
    partly: waiting ? again : open(order),
    gone: { is: 'undone' },
    refunded: { is: 'undone' },
    unclear: open(order),
  };
  const ofReverse: Record<Meaning, Next> = {
    paid: waiting ? again : { is: 'undone' },
    unpaid: open(order),
    partly: open(order),
    gone: open(order),
    refunded: { is: 'refunded' },
    unclear: open(order),
  };
  return of === 'settle' ? ofSettle[meaning] : ofReverse[meaning];
}

function open(order: Order): Extract<Proof, { is: 'open' }> {
  return { is: 'open', reason: stateOf(order) };
}
