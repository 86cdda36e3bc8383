import type { Section, SectionSums, StatementFlows } from '../port.ts';
import type { SumsRow } from './leg-queries.ts';
import type { TotalsRow } from './queries.ts';

/** The sums of a section, ours, and what the insurer said to them. */
export type Totals = Omit<TotalsRow, 'statement_id' | 'words'> & { readonly words: string | null };

/**
 * The sections that are compared row by row: wherever we have rows, or the sums differ, or nobody was asked about them.
 * Several groups of sums may be one section of the details.
 */
export function detailSections(totals: ReadonlyMap<string, Totals>, flows: StatementFlows): Section[] {
  const sections = new Map<string, Section>();
  if (!flows.details) return [];
  for (const { group_key: group, refund, balanced, count } of totals.values()) {
    if (group === '' || (balanced === 1 && count === 0)) continue;
    const section = { group: flows.detailGroupOf?.(group) ?? group, refund: refund === 1 };
    sections.set(nameOf(section), section);
  }
  return [...sections.values()];
}

export function nameOf({ group, refund }: Section): string {
  return `${group} ${refund}`;
}

export function sectionOf({ group_key, refund }: Pick<Totals, 'group_key' | 'refund'>): Section {
  return { group: group_key, refund: refund === 1 };
}

export function sumsOf(totals: Totals): SectionSums {
  return {
    count: totals.count,
    totalFen: totals.total_fen,
    fundFen: totals.fund_fen,
    accountFen: totals.account_fen,
    cashFen: totals.cash_fen,
  };
}

/** Reversals count as negative amounts; -0 is none. */
export function minus(fen: number): number {
  return fen === 0 ? 0 : -fen;
}

const UNASKED = {
  balanced: null,
  words: null,
  their_count: null,
  their_total_fen: null,
  their_fund_fen: null,
};

export function totalsOf(group: string, refund: boolean, sums: SumsRow | undefined): Totals {
  const of = (fen: number | undefined) => (refund ? minus(fen ?? 0) : (fen ?? 0));
  return {
    ...{ group_key: group, refund: refund ? 1 : 0, count: sums?.count ?? 0 },
    ...{ total_fen: of(sums?.total_fen), fund_fen: of(sums?.fund_fen) },
    ...{ account_fen: of(sums?.account_fen), cash_fen: of(sums?.cash_fen) },
    ...{ late_count: 0, late_total_fen: 0 },
    ...UNASKED,
  };
}

export function sumOf(each: readonly Totals[], refund: boolean): Totals {
  const total = (field: 'count' | 'total_fen' | 'fund_fen' | 'account_fen' | 'cash_fen' | LateField) =>
    each.reduce((sum, row) => sum + row[field], 0);
  return {
    ...{ group_key: '', refund: refund ? 1 : 0, count: total('count') },
    ...{ total_fen: total('total_fen'), fund_fen: total('fund_fen') },
    ...{ account_fen: total('account_fen'), cash_fen: total('cash_fen') },
    ...{ late_count: total('late_count'), late_total_fen: total('late_total_fen') },
    ...UNASKED,
  };
}

type LateField = 'late_count' | 'late_total_fen';
