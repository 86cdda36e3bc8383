import { type Fen, fenOf } from '../../money.ts';
import table from './benefits.json' with { type: 'json' };

/** What is paid for whom, from the table: amounts are yuan per year, ratios whole percents. */
export type Plan = (typeof table)['plans'][number];

/** What a person has used up this year under one insurance. */
export interface Used {
  readonly deductibleFen: Fen;
  readonly pooledFen: Fen;
  /** In scope and left to the person after the pooled fund: what serious-illness insurance counts. */
  readonly ownInScopeFen: Fen;
  readonly seriousFen: Fen;
  readonly assistanceFen: Fen;
}

export const NOTHING_USED: Used = {
  deductibleFen: 0,
  pooledFen: 0,
  ownInScopeFen: 0,
  seriousFen: 0,
  assistanceFen: 0,
};

/** One line as the catalogue divides it. */
export interface LineShares {
  readonly level: string;
  readonly item: string;
  readonly priceLimit: string;
  readonly firstOwnPercent: number;
  readonly fullOwnFen: Fen;
  readonly overLimitFen: Fen;
  readonly firstOwnFen: Fen;
  readonly inScopeFen: Fen;
}

/** Who pays what of a bill. */
export interface Shares {
  readonly totalFen: Fen;
  readonly fullOwnFen: Fen;
  readonly overLimitFen: Fen;
  readonly firstOwnFen: Fen;
  readonly inScopeFen: Fen;
  readonly deductibleFen: Fen;
  readonly ratioPercent: number;
  readonly funds: readonly { readonly field: string; readonly code: string; readonly amountFen: Fen }[];
  readonly accountFund: string;
  readonly accountFen: Fen;
  readonly cashFen: Fen;
  /** What this bill adds to the year's use. */
  readonly uses: Used;
}

/** Divides a line: what isn't covered at all, over the limit price, to be paid first, and in scope. */
export function divideLine(code: string, count: string, amountFen: Fen): LineShares {
  const entry = table.catalogue
    .filter(({ prefix }) => code.startsWith(prefix))
    .sort((a, b) => b.prefix.length - a.prefix.length)[0];
  if (!entry) {
    const { level, item } = table.otherwise;
    return {
      level,
      item,
      priceLimit: '',
      firstOwnPercent: 100,
      fullOwnFen: amountFen,
      overLimitFen: 0,
      firstOwnFen: 0,
      inScopeFen: 0,
    };
  }
  const coveredFen = entry.priceLimit ? Math.min(amountFen, limitOf(entry.priceLimit, count)) : amountFen;
  const firstOwnFen = percentOf(coveredFen, entry.firstOwnPercent);
  return {
    level: entry.level,
    item: entry.item,
    priceLimit: entry.priceLimit ?? '',
    firstOwnPercent: entry.firstOwnPercent,
    fullOwnFen: 0,
    overLimitFen: amountFen - coveredFen,
    firstOwnFen,
    inScopeFen: coveredFen - firstOwnFen,
  };
}

/** Limit price times count, to the fen, half up. The count has up to four decimals. */
function limitOf(price: string, count: string): Fen {
  const [whole = '0', fraction = ''] = count.split('.');
  const tenThousandths = BigInt(whole + fraction.padEnd(4, '0').slice(0, 4));
  return Number((BigInt(yuan(price)) * tenThousandths + 5_000n) / 10_000n);
}

export interface Insured {
  readonly insutype: string;
  readonly medType: string;
  readonly balanceFen: Fen;
  /** psn_idet_type of the classes that hold today. */
  readonly classes: readonly string[];
  readonly used: Used;
}

/**
 * Divides a bill in the order of one-stop settlement: basic insurance, serious-illness insurance, medical
 * assistance, then the personal account where it may pay, and cash. `undefined` when no plan covers the visit.
 */
export function divideBill(
  lines: readonly LineShares[],
  insured: Insured,
  useAccount: boolean,
): Shares | undefined {
  const plan = planOf(insured.insutype, insured.medType);
  return plan && divideBy(plan, lines, insured, useAccount);
}

export function planOf(insutype: string, medType: string): Plan | undefined {
  return table.plans.find((plan) => plan.insutype === insutype && plan.medTypes.includes(medType));
}

/** The same by one plan. */
export function divideBy(
  plan: Plan,
  lines: readonly LineShares[],
  insured: Insured,
  useAccount: boolean,
): Shares {
  const { used } = insured;
  const sum = (of: (line: LineShares) => Fen) => lines.reduce((total, line) => total + of(line), 0);
  const fullOwnFen = sum((line) => line.fullOwnFen);
  const overLimitFen = sum((line) => line.overLimitFen);
  const firstOwnFen = sum((line) => line.firstOwnFen);
  const inScopeFen = sum((line) => line.inScopeFen);
  const totalFen = fullOwnFen + overLimitFen + firstOwnFen + inScopeFen;

  const deductibleFen = Math.min(inScopeFen, left(plan.deductibleYear, used.deductibleFen));
  const pooledFen = Math.min(
    percentOf(inScopeFen - deductibleFen, plan.ratioPercent),
    left(plan.capYear, used.pooledFen),
  );
  const ownFen = inScopeFen - pooledFen;
  const seriousFen = Math.min(ownFen, seriousShare(plan, used, ownFen));
  const assistanceFen = Math.min(
    percentOf(ownFen - seriousFen, assistancePercent(insured.classes)),
    left(table.assistance.capYear, used.assistanceFen),
  );
  const personFen = totalFen - pooledFen - seriousFen - assistanceFen;
  const accountFen = useAccount ? Math.min(personFen, insured.balanceFen) : 0;
  return {
    totalFen,
    fullOwnFen,
    overLimitFen,
    firstOwnFen,
    inScopeFen,
    deductibleFen,
    ratioPercent: plan.ratioPercent,
    funds: [
      { ...plan.pooledFund, amountFen: pooledFen },
      { ...plan.serious.fund, amountFen: seriousFen },
      { ...table.assistance.fund, amountFen: assistanceFen },
    ],
    accountFund: plan.accountFund,
    accountFen,
    cashFen: personFen - accountFen,
    uses: { deductibleFen, pooledFen, ownInScopeFen: ownFen, seriousFen, assistanceFen },
  };
}

/** What this bill's own part adds to the share of serious-illness insurance, band by band over the threshold. */
function seriousShare({ serious }: Plan, used: Used, ownFen: Fen): Fen {
  const after = bandsShare(serious, used.ownInScopeFen + ownFen);
  const before = bandsShare(serious, used.ownInScopeFen);
  return Math.min(after - before, left(serious.capYear, used.seriousFen));
}

function bandsShare(serious: Plan['serious'], ownFen: Fen): Fen {
  const overFen = Math.max(0, ownFen - yuan(serious.thresholdYear));
  return serious.bands.reduce((total, band, index) => {
    const next = serious.bands[index + 1];
    const inBand = Math.min(overFen, next ? yuan(next.over) : overFen) - yuan(band.over);
    return total + percentOf(Math.max(0, inBand), band.ratioPercent);
  }, 0);
}

/** The best class counts. */
function assistancePercent(classes: readonly string[]): number {
  const percents: Readonly<Record<string, number>> = table.assistance.percentByClass;
  return Math.max(0, ...classes.map((code) => percents[code] ?? 0));
}

/** Half up, in integers. */
function percentOf(fen: Fen, percent: number): Fen {
  return Number((BigInt(fen) * BigInt(percent) + 50n) / 100n);
}

/** What is left of a year's limit. */
function left(limit: string, usedFen: Fen): Fen {
  return Math.max(0, yuan(limit) - usedFen);
}

function yuan(text: string): Fen {
  const fen = fenOf(text);
  if (!fen.ok) throw new Error(`benefits.json: ${text} is no amount`);
  return fen.value;
}
