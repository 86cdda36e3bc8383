import type * as Wire from '../../../schemas/benefit-table.ts';
import type { Level } from '../../../schemas/organisation.ts';
import type { ReferralState, Setting } from '../../../schemas/settlement-words.ts';
import { type Fen, fenOf } from '../../money.ts';

/** A ratio in ten-thousandths: 82.5 % is 8250. */
export type Ratio = number;
export const WHOLE: Ratio = 10_000;

export interface Band {
  readonly overFen: Fen;
  readonly ratio: Ratio;
}

interface Rule {
  readonly insurer: string;
  readonly insutype: string;
  /** yyyy-MM-dd, both included. */
  readonly from: string;
  readonly to?: string;
  readonly source: string;
}

export interface Adjustment {
  readonly kind: 'points' | 'factor';
  /** Ten-thousandths to add, or to multiply by. */
  readonly value: number;
  readonly referral?: readonly ReferralState[];
  readonly elsewhere?: boolean;
}

export interface Deductible {
  readonly amountFen: Fen;
  readonly per: 'year' | 'stay';
  readonly repeatLowers: Ratio;
  readonly repeatLowersMost: Ratio;
  readonly referredUp: 'continuous' | 'full';
  readonly referredDown: 'waived' | 'full';
}

export interface BenefitRow extends Rule {
  readonly setting: Setting;
  readonly tier: string;
  readonly personClass?: string;
  readonly referral?: ReferralState;
  readonly deductible: Deductible;
  readonly bands: readonly Band[];
  readonly cap?: { readonly amountFen: Fen; readonly per: 'year' | 'stay' };
  readonly adjustments: readonly Adjustment[];
}

export interface CriticalRow extends Rule {
  readonly settings: readonly Setting[];
  readonly bands: readonly Band[];
  readonly capFen?: Fen;
}

export interface AssistanceRow extends Rule {
  readonly settings: readonly Setting[];
  readonly personClass: string;
  readonly deductibleFen: Fen;
  readonly ratio: Ratio;
  readonly capFen?: Fen;
}

/** The benefit table as rules read it. */
export interface Benefits {
  /** From the lowest to the highest. */
  readonly tiers: readonly string[];
  readonly levels: Readonly<Partial<Record<Level, string>>>;
  readonly rows: readonly BenefitRow[];
  readonly critical: readonly CriticalRow[];
  readonly assistance: readonly AssistanceRow[];
}

/** Makes of a table whose form the schema has checked what rules read. */
export function benefitsOf(table: Wire.BenefitTable): Benefits {
  return {
    tiers: table.tiers,
    levels: table.levels,
    rows: table.rows.map(rowOf),
    critical: (table.critical ?? []).map(({ ratio, cap, ...rule }) => ({
      ...rule,
      bands: bandsOf(ratio),
      ...(cap === undefined ? {} : { capFen: yuan(cap) }),
    })),
    assistance: (table.assistance ?? []).map(({ ratio, deductible, cap, ...rule }) => ({
      ...rule,
      deductibleFen: yuan(deductible ?? '0.00'),
      ratio: ratioOf(ratio),
      ...(cap === undefined ? {} : { capFen: yuan(cap) }),
    })),
  };
}

function rowOf({
  deductible,
  ratio,
  cap,
  adjustments,
  ...row
}: Wire.BenefitTable['rows'][number]): BenefitRow {
  return {
    ...row,
    deductible: {
      amountFen: yuan(deductible?.amount ?? '0.00'),
      per: deductible?.per ?? 'stay',
      repeatLowers: ratioOf(deductible?.repeatLowers ?? '0%'),
      repeatLowersMost: ratioOf(deductible?.repeatLowersMost ?? '100%'),
      referredUp: deductible?.referredUp ?? 'continuous',
      referredDown: deductible?.referredDown ?? 'waived',
    },
    bands: bandsOf(ratio),
    ...(cap ? { cap: { amountFen: yuan(cap.amount), per: cap.per } } : {}),
    adjustments: (adjustments ?? []).map(({ kind, value, ...when }) => ({
      ...when,
      kind,
      value: kind === 'points' ? scaled(value, 2) : scaled(value, 4),
    })),
  };
}

function bandsOf(ratio: string | readonly { readonly over: string; readonly ratio: string }[]): Band[] {
  if (typeof ratio === 'string') return [{ overFen: 0, ratio: ratioOf(ratio) }];
  return ratio.map((band) => ({ overFen: yuan(band.over), ratio: ratioOf(band.ratio) }));
}

function yuan(text: string): Fen {
  const fen = fenOf(text);
  if (!fen.ok) throw new Error('the schema lets no such amount pass');
  return fen.value;
}

/** "82.5%" in ten-thousandths. */
function ratioOf(percent: string): Ratio {
  return scaled(percent.slice(0, -1), 2);
}

/** A decimal text as an integer of 10^-decimals. */
function scaled(text: string, decimals: number): number {
  const [whole = '', fraction = ''] = text.replace('-', '').split('.');
  const value = Number(whole + fraction.padEnd(decimals, '0'));
  return text.startsWith('-') && value !== 0 ? -value : value;
}

/** A ratio as people write it: 8250 is "82.5%". */
export function percentOf(ratio: Ratio): string {
  return `${String(ratio / 100)}%`;
}
