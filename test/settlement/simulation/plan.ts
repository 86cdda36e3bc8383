import { Chance } from '../../end-to-end/random.ts';

/** Everything that may go wrong. A history leaves some out, so that each is also met alone. */
export const TROUBLES = [
  // The wire, and the insurer behind it.
  'unreachable',
  'lose-request',
  'lose-answer',
  'act-late',
  'answer-late',
  'truncate',
  'rubbish',
  '5xx-before',
  '5xx-after',
  'system-error-before',
  'system-error-after',
  'turn-away',
  'refuse',
  'swap-answers',
  'answer-twice',
  'differ',
  'faulty',
  // The gateway and its store.
  'kill',
  'pause',
  'jump-clock',
  'disk-full',
  'unknown-commit',
  'run-again',
  // The HIS.
  'hang-up',
  'act-twice',
  'walk-away',
] as const;

export type Trouble = (typeof TROUBLES)[number];

/** What a deliberately broken core or adapter does wrong, by which the simulation shows that it would notice. */
export type Breakage =
  | 'unknown-is-refused'
  | 'resend-without-undoing'
  | 'no-answer-check'
  | 'acknowledge-before-commit'
  | 'not-yet-is-never';

/** One history: the same plan makes the same history. */
export interface Plan {
  readonly seed: number;
  readonly gateways: number;
  readonly bills: number;
  readonly payersMax: number;
  readonly troubles: readonly Trouble[];
  readonly broken?: Breakage;
}

/** The plan that a seed stands for: some gateways, bills and payers, and all troubles or some of them. */
export function planOf(seed: number, more: Partial<Plan> = {}): Plan {
  const chance = new Chance(seed);
  const share = chance.oneOf([0.25, 0.5, 1]);
  return {
    seed,
    gateways: chance.oneOf([1, 1, 2, 3]),
    bills: chance.between(1, 3),
    payersMax: chance.between(1, 4),
    troubles: TROUBLES.filter(() => chance.next() < share),
    ...more,
  };
}
