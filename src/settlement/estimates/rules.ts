import type { Direction } from '../../../schemas/organisation.ts';
import type { ReferralState, Setting } from '../../../schemas/settlement-words.ts';
import type { Fen } from '../../money.ts';
import { err, ok, type Result } from '../../result.ts';
import {
  type Adjustment,
  type AssistanceRow,
  type Band,
  type BenefitRow,
  type Benefits,
  type CriticalRow,
  type Ratio,
  WHOLE,
} from './model.ts';

/** For whom and where a bill is estimated. */
export interface Case {
  readonly insurer: string;
  readonly insutype: string;
  readonly setting: Setting;
  readonly personClass?: string | undefined;
  readonly tier: string;
  readonly elsewhere: boolean;
  readonly referral: ReferralState;
  readonly direction?: Direction | undefined;
  /** yyyy-MM-dd. */
  readonly day: string;
  /** Which stay of the year it is, from 1 on. */
  readonly stay: number;
}

/** The bill, and what of the year is used up. */
export interface Figures {
  readonly totalFen: Fen;
  /** Not above the total. */
  readonly inScopeFen: Fen;
  readonly usedDeductibleFen: Fen;
  readonly usedCapFen: Fen;
  readonly usedOwnFen: Fen;
  readonly usedCriticalFen: Fen;
  readonly usedAssistanceFen: Fen;
}

/** Who would pay what; total = fund + critical + assistance + patient. */
export interface Shares {
  readonly deductibleFen: Fen;
  readonly bands: readonly Band[];
  readonly fundFen: Fen;
  readonly criticalFen: Fen;
  readonly assistanceFen: Fen;
  readonly patientFen: Fen;
  readonly rules: {
    readonly basic: BenefitRow;
    readonly critical?: CriticalRow;
    readonly assistance?: AssistanceRow;
  };
}

/**
 * What a bill would come to by the table, in the legal order: basic insurance of what is in scope, above the
 * deductible, up to its cap; critical illness of what the year has left to the patient; assistance of the rest. Exact
 * to the fen; a share is rounded half up, each band by itself.
 */
export function estimateOf(benefits: Benefits, about: Case, figures: Figures): Result<Shares, 'no-rule'> {
  const basic = basicRule(benefits, about);
  if (!basic) return err('no-rule');
  const bands = adjusted(basic.bands, basic.adjustments.find(fits(about)));
  const deductibleFen = Math.min(figures.inScopeFen, deductibleOf(basic, about, figures.usedDeductibleFen));
  const fundFen = Math.min(
    banded(bands, figures.inScopeFen - deductibleFen),
    leftOf(basic.cap?.amountFen, basic.cap?.per === 'year' ? figures.usedCapFen : 0),
  );
  const ownFen = figures.inScopeFen - fundFen;

  const critical = benefits.critical.find((row) => isFor(row, about) && row.settings.includes(about.setting));
  const criticalFen = critical ? criticalOf(critical, ownFen, figures) : 0;

  const assistance = benefits.assistance.find(
    (row) =>
      isFor(row, about) && row.settings.includes(about.setting) && row.personClass === about.personClass,
  );
  const assistanceFen = assistance ? assistanceOf(assistance, ownFen - criticalFen, figures) : 0;

  return ok({
    deductibleFen,
    bands,
    fundFen,
    criticalFen,
    assistanceFen,
    patientFen: figures.totalFen - fundFen - criticalFen - assistanceFen,
    rules: { basic, ...(critical && { critical }), ...(assistance && { assistance }) },
  });
}

/** The row for a case: one for the person's class before one for everybody, then one for the referral's state. */
function basicRule({ rows }: Benefits, about: Case): BenefitRow | undefined {
  const rank = (row: BenefitRow) =>
    (row.personClass === undefined ? 0 : 2) + (row.referral === undefined ? 0 : 1);
  return rows
    .filter(
      (row) =>
        isFor(row, about) &&
        row.setting === about.setting &&
        row.tier === about.tier &&
        (row.personClass ?? about.personClass) === about.personClass &&
        (row.referral ?? about.referral) === about.referral,
    )
    .sort((a, b) => rank(b) - rank(a))[0];
}

function isFor(
  row: { insurer: string; insutype: string; from: string; to?: string },
  { insurer, insutype, day }: Case,
): boolean {
  const holds = row.from <= day && day <= (row.to ?? day);
  return holds && row.insurer === insurer && row.insutype === insutype;
}

function fits({ referral, elsewhere }: Case): (adjustment: Adjustment) => boolean {
  return (adjustment) =>
    (adjustment.referral?.includes(referral) ?? true) && (adjustment.elsewhere ?? elsewhere) === elsewhere;
}

function adjusted(bands: readonly Band[], adjustment: Adjustment | undefined): readonly Band[] {
  if (!adjustment) return bands;
  return bands.map(({ overFen, ratio }) => ({ overFen, ratio: adjustedRatio(ratio, adjustment) }));
}

/** 70 % less ten points is 60 %; times 0.90 it is 63 %. Never below nothing or above the whole. */
export function adjustedRatio(ratio: Ratio, { kind, value }: Pick<Adjustment, 'kind' | 'value'>): Ratio {
  const changed = kind === 'points' ? ratio + value : shareOf(ratio, value);
  return Math.min(WHOLE, Math.max(0, changed));
}

function deductibleOf({ deductible }: BenefitRow, about: Case, usedFen: Fen): Fen {
  const referred = about.referral === 'referred' ? about.direction : undefined;
  if (referred === 'down' && deductible.referredDown === 'waived') return 0;
  const lowered = Math.min(deductible.repeatLowersMost, deductible.repeatLowers * (about.stay - 1));
  const amountFen = deductible.amountFen - shareOf(deductible.amountFen, Math.min(WHOLE, lowered));
  const counts = deductible.per === 'year' || (referred === 'up' && deductible.referredUp === 'continuous');
  return counts ? Math.max(0, amountFen - usedFen) : amountFen;
}

/** Of all that the year has left to the patient in scope, what this bill adds. */
function criticalOf({ bands, capFen }: CriticalRow, ownFen: Fen, figures: Figures): Fen {
  const { usedOwnFen, usedCriticalFen } = figures;
  const due = banded(bands, usedOwnFen + ownFen) - banded(bands, usedOwnFen);
  return Math.min(due, leftOf(capFen, usedCriticalFen));
}

function assistanceOf({ deductibleFen, ratio, capFen }: AssistanceRow, baseFen: Fen, figures: Figures): Fen {
  const due = shareOf(Math.max(0, baseFen - deductibleFen), ratio);
  return Math.min(due, leftOf(capFen, figures.usedAssistanceFen));
}

/** What is paid of an amount whose parts have ratios of their own. */
function banded(bands: readonly Band[], amountFen: Fen): Fen {
  return bands.reduce((paid, { overFen, ratio }, index) => {
    const upTo = Math.min(amountFen, bands[index + 1]?.overFen ?? amountFen);
    return paid + shareOf(Math.max(0, upTo - overFen), ratio);
  }, 0);
}

function leftOf(capFen: Fen | undefined, usedFen: Fen): Fen {
  return capFen === undefined ? Number.MAX_SAFE_INTEGER : Math.max(0, capFen - usedFen);
}

/** A share in ten-thousandths, rounded half up; exact for every amount. */
function shareOf(amount: number, ratio: Ratio): number {
  return Number((BigInt(amount) * BigInt(ratio) + BigInt(WHOLE / 2)) / BigInt(WHOLE));
}
