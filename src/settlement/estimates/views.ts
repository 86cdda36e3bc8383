import type { Estimate } from '../../../schemas/estimate.ts';
import { yuanOf } from '../../money.ts';
import { percentOf } from './model.ts';
import type { Figures } from './rules.ts';
import type { Row } from './service.ts';

/** One line of an estimate as the API shows it. */
export function rowView({ about, asked, shares }: Row, figures: Figures): Estimate['rows'][number] {
  const { basic, critical, assistance } = shares.rules;
  return {
    tier: about.tier,
    asked,
    referral: about.referral,
    ...(about.direction === undefined ? {} : { direction: about.direction }),
    total: yuanOf(figures.totalFen),
    inScope: yuanOf(figures.inScopeFen),
    deductible: yuanOf(shares.deductibleFen),
    ratio: shares.bands.map(({ overFen, ratio }) => ({ over: yuanOf(overFen), ratio: percentOf(ratio) })),
    fund: yuanOf(shares.fundFen),
    critical: yuanOf(shares.criticalFen),
    assistance: yuanOf(shares.assistanceFen),
    patient: yuanOf(shares.patientFen),
    sources: [
      sourceOf('basic', basic),
      ...(critical ? [sourceOf('critical', critical)] : []),
      ...(assistance ? [sourceOf('assistance', assistance)] : []),
    ],
  };
}

function sourceOf(
  part: 'basic' | 'critical' | 'assistance',
  { source, from, to }: { source: string; from: string; to?: string },
) {
  return { part, document: source, from, ...(to === undefined ? {} : { to }) };
}
