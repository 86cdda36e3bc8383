import { chinaDate } from '../../clock.ts';
import type { Fen } from '../../money.ts';
import { sharesOf } from './answers.ts';
import { divideBy, type LineShares, type Plan, planOf, type Shares } from './benefits.ts';
import type { Book, Person } from './book.ts';
import { insuredOf } from './insured.ts';
import table from './ward-benefits.json' with { type: 'json' };
import type { InWard } from './wards.ts';

/**
 * Divides the lines of a stay: a deductible per stay, and a ratio, both by the tier of the institution; a cap per year
 * of its own. Serious-illness insurance and assistance count a person's year as a whole.
 */
export function divideStay(
  lines: readonly LineShares[],
  stay: InWard,
  person: Person,
  {
    book,
    institution,
    now,
    useAccount,
  }: { book: Book; institution: string; now: number; useAccount: boolean },
): Shares | undefined {
  const plan = planOfStay(stay, institution);
  if (!plan) return undefined;
  const before = book
    .settlements()
    .filter(({ infno, state, psn_no }) => infno === '2304' && state === 'live' && psn_no === stay.psn_no);
  const sum = (rows: typeof before, of: (shares: Shares) => Fen) =>
    rows.reduce((total, row) => total + of(sharesOf(row)), 0);
  const insured = insuredOf(book, stay, person, stay.med_type, now);
  const year = chinaDate(now).slice(0, 4);
  const used = {
    ...insured.used,
    deductibleFen: sum(
      before.filter((row) => row.mdtrt_id === stay.mdtrt_id),
      (shares) => shares.deductibleFen,
    ),
    pooledFen: sum(
      before.filter((row) => row.year === year),
      (shares) => shares.funds.find(({ code }) => code === plan.pooledFund.code)?.amountFen ?? 0,
    ),
  };
  const shares = divideBy(plan, lines, { ...insured, used }, useAccount);
  // The deductible and the cap of visits are another matter.
  return { ...shares, uses: { ...shares.uses, deductibleFen: 0, pooledFen: 0 } };
}

function planOfStay({ insutype, med_type }: InWard, institution: string): Plan | undefined {
  const institutions: Readonly<Record<string, string>> = table.institutions;
  const tiers: Readonly<
    Record<string, Readonly<Record<string, { deductible: string; ratioPercent: number }>>>
  > = table.tiers;
  const funds: Readonly<Record<string, { field: string; code: string }>> = table.funds;
  const rule = tiers[institutions[institution] ?? table.otherwise]?.[insutype];
  const [base, pooledFund] = [planOf(insutype, '11'), funds[insutype]];
  if (!rule || !base || !pooledFund || !table.medTypes.some((type) => med_type.startsWith(type)))
    return undefined;
  const { deductible: deductibleYear, ratioPercent } = rule;
  return { ...base, pooledFund, deductibleYear, ratioPercent, capYear: table.capYear };
}
