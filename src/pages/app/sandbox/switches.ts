import type { Misbehave, Misbehaving } from '../../../../schemas/sandbox.ts';
import type { words } from './words.ts';

/** One thing that a trainer lets go wrong at the insurer, until the switch is turned off. */
export interface Switch {
  readonly word: keyof typeof words;
  readonly transaction: string;
  readonly kind: Misbehave['kind'];
  readonly delayMs?: number;
}

/** More often than a lesson is long. */
const TIMES = 1_000;

/** Longer than the sandbox waits for its insurer. */
const LATE_MS = 5_000;
/** Long enough to be noticed. */
const SLOW_MS = 2_000;

/** What a desk meets: 1101 who is insured, 2206 the quote, 2207 the settlement, 2208 its reversal, 2601 the undoing of what is in doubt. */
export const SWITCHES: readonly Switch[] = [
  { word: 'unknownPerson', transaction: '1101', kind: 'refuse' },
  { word: 'slowPerson', transaction: '1101', kind: 'delay', delayMs: SLOW_MS },
  { word: 'refuseQuote', transaction: '2206', kind: 'refuse' },
  { word: 'refuseSettlement', transaction: '2207', kind: 'refuse' },
  { word: 'loseRequest', transaction: '2207', kind: 'lose-request' },
  { word: 'loseAnswer', transaction: '2207', kind: 'lose-answer' },
  { word: 'actLate', transaction: '2207', kind: 'act-late', delayMs: LATE_MS },
  { word: 'systemError', transaction: '2207', kind: 'system-error' },
  { word: 'wrongAmounts', transaction: '2207', kind: 'wrong-amounts' },
  { word: 'refuseReversal', transaction: '2208', kind: 'refuse' },
  { word: 'loseReversal', transaction: '2208', kind: 'lose-answer' },
  { word: 'loseUndoing', transaction: '2601', kind: '5xx-before' },
];

export function isOn({ transaction, kind }: Switch, { items }: Misbehaving): boolean {
  return items.some((each) => each.transaction === transaction && each.kind === kind);
}

export function orderOf({ transaction, kind, delayMs }: Switch): Misbehave {
  return { transaction, kind, times: TIMES, ...(delayMs === undefined ? {} : { delayMs }) };
}
