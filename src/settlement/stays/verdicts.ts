import { Fault } from '../../errors.ts';
import { movedNothing, type Trace } from '../journal.ts';
import type { Cause } from '../model.ts';
import { causeOf, type Ending, isFinal } from '../verdicts.ts';

/** What an act came to at the insurer. */
export type ActVerdict<T> =
  | { readonly kind: 'accepted'; readonly value: T }
  /** It did not take place. `fault` where the request itself is wrong, and nothing was sent. */
  | { readonly kind: 'refused'; readonly cause: Cause; readonly fault?: Fault }
  | { readonly kind: 'not-sent'; readonly cause: Cause }
  | { readonly kind: 'lost'; readonly cause: Cause; readonly deadlineAt: number };

/**
 * Reads how a flow ended. `changing` says whether its last exchange could change anything at the insurer: an answer
 * that was lost to a mere question leaves no doubt.
 */
export function ofAct<T>(ending: Ending<T>, trace: Trace, changing: boolean): ActVerdict<T> {
  if (ending.kind === 'accepted') return { kind: 'accepted', value: ending.value };
  const cause = causeOf(ending, trace.last);
  const { last } = trace;
  switch (ending.kind) {
    case 'refused':
      return { kind: 'refused', cause };
    case 'not-run':
      return { kind: 'not-sent', cause };
    case 'unknown':
      return changing
        ? { kind: 'lost', cause, deadlineAt: last?.deadlineAt ?? 0 }
        : { kind: 'not-sent', cause };
    case 'thrown': {
      if (isFinal(ending.error)) return { kind: 'refused', cause, fault: ending.error };
      // A bug of the adapter after its exchange had been sent.
      const open = changing && last !== undefined && !movedNothing(last.outcome);
      if (open && !(ending.error instanceof Fault))
        return { kind: 'lost', cause, deadlineAt: last.deadlineAt };
      return { kind: 'not-sent', cause };
    }
  }
}
