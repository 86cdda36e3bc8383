import { readFileSync } from 'node:fs';
import { tableOf } from '../../../src/settlement/estimates/file.ts';
import type { Benefits } from '../../../src/settlement/estimates/model.ts';
import type { Case, Figures } from '../../../src/settlement/estimates/rules.ts';

export const EXAMPLE = new URL('../../../src/sandbox/benefits.toml', import.meta.url);

/** The table of a text; a test that gives a bad one fails. */
export function tableFrom(text: string): Benefits {
  const table = tableOf(text);
  if (typeof table === 'string') throw new Error(table);
  return table;
}

export const shangluo = tableFrom(readFileSync(EXAMPLE, 'utf8'));

/** A table of one scale: a row for each tier. */
export function table(
  tiers: readonly (readonly [tier: string, ratio: string, deductible?: string])[],
  row: string,
  rest = '',
): Benefits {
  const rows = tiers.map(
    ([tier, ratio, deductible]) => `[[rows]]
      insurer = "nhsa"
      tier = "${tier}"
      ratio = "${ratio}"
      ${deductible ? `deductible = ${deductible}` : ''}
      from = "2024-01-01"
      source = "样例"
      ${row}`,
  );
  const names = tiers.map(([tier]) => `"${tier}"`).join(',');
  return tableFrom(`tiers = [${names}]\n[levels]\n${rows.join('\n')}\n${rest}`);
}

export function about(more: Partial<Case> = {}): Case {
  return {
    insurer: 'nhsa',
    insutype: '390',
    setting: 'inpatient',
    tier: 'township',
    elsewhere: false,
    referral: 'none',
    day: '2026-03-02',
    stay: 1,
    ...more,
  };
}

/** 6,000.00 of which 5,000.00 are in scope, and nothing used. */
export function figures(more: Partial<Figures> = {}): Figures {
  return {
    totalFen: 6_000_00,
    inScopeFen: 5_000_00,
    usedDeductibleFen: 0,
    usedCapFen: 0,
    usedOwnFen: 0,
    usedCriticalFen: 0,
    usedAssistanceFen: 0,
    ...more,
  };
}
