import { Fault } from '../../../src/errors.ts';
import type { Exchange, ExchangeRef, Outcome } from '../../../src/settlement/port.ts';
import type { Call, Done } from './call.ts';
import type { Platform } from './platform.ts';
import { billPointer } from './pointers.ts';

/** Thrown inside a flow when a step was not accepted; ends the flow with that step's outcome. */
export class Ended extends Error {
  readonly outcome: Outcome<never>;
  constructor(outcome: Outcome<never>) {
    super('ended');
    this.outcome = outcome;
  }
}

/** A step of a flow; `firstLine` is the first of the bill's charges in it, `placeOf` where its input comes from. */
export type Step = Call & { readonly firstLine?: number; readonly placeOf?: typeof billPointer };

export type AcceptedDone = Extract<Done, { kind: 'accepted' }> & { readonly at: ExchangeRef };

/** Makes a step, or ends the flow with what came instead. */
export async function accepted(platform: Platform, call: Step, exchange: Exchange): Promise<AcceptedDone> {
  const done = await platform.call(call, exchange).catch((error: unknown) => {
    throw asFaultOfBill(error, call);
  });
  if (done.kind === 'accepted') return done;
  throw new Ended({ kind: done.kind, reason: done.reason, at: done.at });
}

/** A bill that breaks the specification is the bill's fault, at the place it comes from. */
function asFaultOfBill(error: unknown, { firstLine = 0, placeOf = billPointer }: Step): unknown {
  if (!(error instanceof Fault) || error.code !== 'request.invalid') return error;
  const pointer = placeOf(error.context.pointer ?? '', firstLine);
  if (!pointer) return error;
  const code = pointer.startsWith('/charges') ? 'settlement.charges' : 'request.invalid';
  return new Fault(code, { ...error.context, pointer });
}

/** Runs a flow of steps to its outcome. */
export async function flow<T>(steps: () => Promise<{ value: T; at: ExchangeRef }>): Promise<Outcome<T>> {
  try {
    return { kind: 'accepted', ...(await steps()) };
  } catch (error) {
    if (error instanceof Ended) return error.outcome;
    throw error;
  }
}
