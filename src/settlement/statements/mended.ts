import type { DifferenceEvent } from './machine.ts';

/** How a try to mend a difference ended. */
export interface Mended {
  readonly event: Exclude<DifferenceEvent, 'mend'>;
  /** What came of it, in both languages, or the insurer's own words. */
  readonly reason: string;
}

export function done(reason: string): Mended {
  return { event: 'done', reason };
}

/** Nobody but a person can tell. */
export function person(reason: string): Mended {
  return { event: 'undecided', reason };
}

/** Nothing was done; it may be tried again. */
export function notYet(reason: string): Mended {
  return { event: 'not-sent', reason };
}

export const SEVERAL =
  '有多个支付方或状态已变,请撤销整张账单或人工登记 / several payers, or it has changed: reverse the bill, or record it with review';
