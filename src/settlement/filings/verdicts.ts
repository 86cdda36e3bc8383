import { Fault } from '../../errors.ts';
import { movedNothing, type Trace, type Traced } from '../journal.ts';
import type { FilingFinding, Outcome } from '../port.ts';
import { codeOf } from '../verdicts.ts';
import type { FilingDoubt, FilingEvent } from './machine.ts';
import type { Cause } from './model.ts';

/** How a step ended: with the adapter's outcome, or with what it threw. */
export type Ending<T> = Outcome<T> | { readonly kind: 'thrown'; readonly error: unknown };

export interface Conclusion {
  readonly event: FilingEvent;
  readonly cause?: Cause;
}

/**
 * What filing, or withdrawing, came to. The journal decides, not the adapter: `acting` is the exchange that could
 * change something, and what became of it is in doubt unless the insurer's own word says otherwise.
 */
export function ofAct(ending: Ending<unknown>, acting: Traced | undefined, trace: Trace): Conclusion {
  if (!acting) return ofNothing(ending, trace);
  if (acting.outcome === 'accepted' && ending.kind === 'accepted') return { event: 'accepted' };
  return ofExchange(acting);
}

/** What an exchange came to by the journal alone; accepted without being understood is in doubt as well. */
export function ofExchange({ outcome, reason }: Pick<Traced, 'outcome' | 'reason'>): Conclusion {
  const words = reason === undefined ? {} : { reason };
  if (outcome === 'refused') return { event: 'refused', cause: { code: 'insurer.refused', ...words } };
  if (!movedNothing(outcome)) return { event: 'lost', cause: { code: 'filing.no-answer', ...words } };
  const code = outcome === 'not-run' ? 'insurer.gateway-refused' : 'insurer.unreachable';
  return { event: 'not-sent', cause: { code, ...words } };
}

/** Nothing that changes anything was written down, so nothing was sent. */
function ofNothing(ending: Ending<unknown>, trace: Trace): Conclusion {
  if (ending.kind === 'thrown') {
    if (!(ending.error instanceof Fault)) return { event: 'not-sent', cause: { code: 'gateway.fault' } };
    const { code, context } = ending.error;
    const said = [context.pointer, context.detail].filter((part) => part !== undefined).join(' ');
    return { event: 'not-sent', cause: { code, ...(said === '' ? {} : { reason: said }) } };
  }
  if (ending.kind === 'accepted') return { event: 'not-sent', cause: { code: 'filing.not-sent' } };
  const { kind, reason } = ending;
  if (kind === 'refused') return { event: 'refused', cause: { code: 'insurer.refused', reason } };
  const code = kind === 'unknown' ? 'filing.not-sent' : codeOf(kind, trace.last);
  return { event: 'not-sent', cause: { code, reason } };
}

/** What a look at the insurer's list came to. */
export type Look =
  | {
      readonly is: 'decided';
      readonly event: 'found' | 'absent';
      readonly number?: string;
      readonly cause?: Cause;
    }
  /** It proves nothing; `counts` where asking again and again would not help. */
  | { readonly is: 'open'; readonly counts: boolean; readonly reason?: string };

/**
 * What the list proves about a lost answer. Absence proves only what the insurer can no longer be at work on:
 * `isOver` says whether that can be ruled out.
 */
export function ofLook(ending: Ending<FilingFinding>, doubtOf: FilingDoubt | null, isOver: boolean): Look {
  if (ending.kind === 'thrown') return { is: 'open', counts: ending.error instanceof Fault };
  if (ending.kind !== 'accepted')
    return { is: 'open', counts: ending.kind === 'refused', reason: ending.reason };
  const { value } = ending;
  switch (value.is) {
    case 'on-file': {
      const { number } = value.filing;
      const cause = doubtOf === 'withdraw' ? { cause: { code: 'filing.still-on-file' } as const } : {};
      return { is: 'decided', event: 'found', ...(number === undefined ? {} : { number }), ...cause };
    }
    case 'absent': {
      if (!isOver) return { is: 'open', counts: false };
      const cause = doubtOf === 'file' ? { cause: { code: 'filing.absent' } as const } : {};
      return { is: 'decided', event: 'absent', ...cause };
    }
    case 'open':
      return { is: 'open', counts: true, reason: value.reason };
  }
}
