import { type ErrorCode, Fault } from '../errors.ts';
import { movedNothing, type Trace, type Traced } from './journal.ts';
import type { SettlementEvent } from './machine.ts';
import type { Cause } from './model.ts';
import type { Bill, Outcome, Proof, Quote, Reversed, Settled } from './port.ts';
import { faultsOf, sameForPatient } from './rules.ts';

/** How a flow ended: with the adapter's outcome, or with what it threw. */
export type Ending<T> = Outcome<T> | { readonly kind: 'thrown'; readonly error: unknown };

/** What follows from it for the settlement. */
export interface Conclusion {
  readonly event: SettlementEvent;
  readonly cause?: Cause;
}

/**
 * What a quote came to. A quote moves no money, so whatever proves nothing leaves the settlement where it can be
 * asked again.
 */
export function ofQuote(ending: Ending<Quote>, trace: Trace, bill: Bill): Conclusion {
  if (ending.kind === 'accepted') {
    const faults = faultsOf(ending.value.split, bill.leftFen);
    if (faults.length === 0) return { event: 'quote-accepted' };
    return {
      event: 'quote-interrupted',
      cause: { code: 'settlement.amounts-wrong', reason: faults.join(', ') },
    };
  }
  const cause = causeOf(ending, trace.last);
  const final = ending.kind === 'refused' || (ending.kind === 'thrown' && isFinal(ending.error));
  return { event: final ? 'quote-refused' : 'quote-interrupted', cause };
}

/**
 * What settling came to. The journal decides, not the adapter: whatever the adapter makes of it, money that may have
 * moved is in doubt unless the insurer's own word says otherwise.
 */
export function ofSettle(ending: Ending<Settled>, trace: Trace, bill: Bill, quote: Quote): Conclusion {
  const moved = ofMoney(ending, trace);
  if (moved.event !== 'accepted' || ending.kind !== 'accepted') return moved;
  return ofSettled(ending.value, bill, quote);
}

/** What a settlement is to the bill that is known to have taken place, by its answer or by proof. */
export function ofSettled({ split, faults = [] }: Settled, bill: Bill, quote: Quote): Conclusion {
  const wrong = [...faults, ...faultsOf(split, bill.leftFen)];
  if (wrong.length > 0) {
    return {
      event: 'accepted-with-faults',
      cause: { code: 'settlement.amounts-wrong', reason: wrong.join(', ') },
    };
  }
  if (!sameForPatient(quote.split, split)) {
    return { event: 'accepted-differently', cause: { code: 'settlement.amounts-changed' } };
  }
  return { event: 'accepted' };
}

/** What reversing came to. */
export function ofReverse(ending: Ending<Reversed>, trace: Trace): Conclusion {
  const moved = ofMoney(ending, trace);
  if (moved.event !== 'accepted' || ending.kind !== 'accepted') return moved;
  return ofReversed(ending.value);
}

/** As `ofSettled`, of a reversal. */
export function ofReversed({ faults = [] }: Reversed): Conclusion {
  if (faults.length === 0) return { event: 'accepted' };
  return {
    event: 'accepted-with-faults',
    cause: { code: 'settlement.amounts-wrong', reason: faults.join(', ') },
  };
}

function ofMoney(ending: Ending<unknown>, trace: Trace): Conclusion {
  const { money } = trace;
  // Nothing that moves money was written down, so nothing was sent: a refusal before that, as of a sign-in, is no
  // word about the bill.
  if (!money) return { event: 'not-sent', cause: causeOfNothing(ending, trace.last) };
  if (money.outcome === 'accepted' && ending.kind === 'accepted') return { event: 'accepted' };
  if (money.outcome === 'refused') return { event: 'refused', cause: causeOfExchange(money) };
  if (movedNothing(money.outcome)) return { event: 'not-sent', cause: causeOfExchange(money) };
  return {
    event: 'lost',
    cause: { code: 'insurer.no-answer', reason: money.reason ?? 'the answer cannot be used' },
  };
}

/**
 * What taking a way out of doubt came to: a proof; that this way proves nothing; or that it was not found out this
 * time, with or without something having been sent.
 */
export type WayVerdict =
  | { readonly kind: 'proved'; readonly proof: Exclude<Proof, { is: 'open' }> }
  | { readonly kind: 'nothing'; readonly reason: string }
  | { readonly kind: 'wait'; readonly reason: string; readonly until: number }
  | { readonly kind: 'unknown' | 'not-sent'; readonly reason: string };

export function ofWay(ending: Ending<Proof>, { money, last }: Trace): WayVerdict {
  const reason = (ending.kind === 'accepted' ? undefined : causeOf(ending, last).reason) ?? '';
  if (ending.kind === 'thrown') return { kind: money || last ? 'unknown' : 'not-sent', reason };
  // An undoing that moved money counts only as far as its own exchange is known.
  if (money && money.outcome !== 'accepted' && money.outcome !== 'refused') {
    return { kind: movedNothing(money.outcome) ? 'not-sent' : 'unknown', reason: money.reason ?? reason };
  }
  switch (ending.kind) {
    case 'accepted': {
      const proof = ending.value;
      if (proof.is !== 'open') return { kind: 'proved', proof };
      const { until } = proof;
      return until === undefined
        ? { kind: 'nothing', reason: proof.reason }
        : { kind: 'wait', reason: proof.reason, until };
    }
    case 'refused':
      return { kind: 'nothing', reason };
    case 'unknown':
      return { kind: 'unknown', reason };
    case 'not-run':
      return { kind: 'not-sent', reason };
  }
}

/** The cause that an outcome other than success is. */
export function causeOf(ending: Ending<unknown>, last: Traced | undefined): Cause {
  if (ending.kind === 'thrown') {
    if (!(ending.error instanceof Fault)) return { code: 'gateway.fault' };
    return { code: ending.error.code, ...reasonOf(ending.error) };
  }
  if (ending.kind === 'accepted') return { code: 'insurer.no-answer' };
  return { code: codeOf(ending.kind, last), reason: ending.reason };
}

/** Why nothing was sent: an answer that got lost on the way to it, as of a sign-in, leaves no doubt about the money. */
function causeOfNothing(ending: Ending<unknown>, last: Traced | undefined): Cause {
  const cause = causeOf(ending, last);
  return cause.code === 'insurer.no-answer' ? { ...cause, code: 'settlement.interrupted' } : cause;
}

function causeOfExchange(traced: Traced): Cause {
  const code = traced.outcome === 'refused' ? 'insurer.refused' : codeOf('not-run', traced);
  return { code, ...(traced.reason === undefined ? {} : { reason: traced.reason }) };
}

/** The error that an outcome is to a caller. */
export function codeOf(kind: 'refused' | 'not-run' | 'unknown', last: Traced | undefined): ErrorCode {
  if (kind === 'refused') return 'insurer.refused';
  if (kind === 'unknown') return 'insurer.no-answer';
  const turnedAway = last?.outcome === 'not-run' || last?.outcome === 'refused';
  return turnedAway ? 'insurer.gateway-refused' : 'insurer.unreachable';
}

/** Whether what was thrown is a fault of the request, which asking again cannot mend. */
export function isFinal(error: unknown): error is Fault {
  return error instanceof Fault && error.kind.again !== 'yes';
}

/** What a fault says beyond its code: the place, what was wrong, and the facts, such as what there is to choose from. */
function reasonOf({ context }: Fault): { reason?: string } {
  const facts = Object.entries(context.facts ?? {}).map(([name, value]) => `${name}: ${value}`);
  const said = [context.pointer, context.detail, ...facts].filter((part) => part !== undefined);
  return said.length === 0 ? {} : { reason: said.join(' ') };
}
