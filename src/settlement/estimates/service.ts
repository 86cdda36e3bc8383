import type { Estimate, EstimateRequest } from '../../../schemas/estimate.ts';
import type { Direction, Level } from '../../../schemas/organisation.ts';
import type { ReferralState } from '../../../schemas/settlement-words.ts';
import { type Clock, chinaDate } from '../../clock.ts';
import { Fault } from '../../errors.ts';
import { type Fen, fenOf } from '../../money.ts';
import type { Referrals } from '../port.ts';
import { checkCharges } from '../rules.ts';
import type { Benefits } from './model.ts';
import { type Case, estimateOf, type Figures, type Shares } from './rules.ts';
import { rowView } from './views.ts';

export interface EstimateParts {
  /** The benefit table, where one is configured and has ever been good. */
  readonly benefits: () => Promise<Benefits | undefined>;
  readonly referrals: Referrals;
  /** The level of our own organisation. */
  readonly ownLevel: Level;
  readonly clock: Clock;
}

/** One line of an estimate: the case, and what it comes to. */
export interface Row {
  readonly about: Case;
  readonly asked: boolean;
  readonly shares: Shares;
}

interface Referred {
  readonly state: ReferralState;
  readonly direction?: Direction | undefined;
}

const NOTICE = {
  zh: '仅为估算,以医保结算为准',
  en: 'An estimate only: what the insurer settles is what counts',
};

/** What a visit would cost here and one level up, with and without a referral. Asks no insurer. */
export class Estimates {
  readonly #parts: EstimateParts;

  constructor(parts: EstimateParts) {
    this.#parts = parts;
  }

  /**
   * Faults: `estimate.no-table`, `estimate.no-rule`, `estimate.referral-unknown`, `settlement.charges`,
   * `request.invalid`.
   */
  async estimate(request: EstimateRequest): Promise<Estimate> {
    const benefits = await this.#parts.benefits();
    if (!benefits) throw new Fault('estimate.no-table');
    const { tier, referred } = await this.#visitOf(request, benefits);
    const figures = figuresOf(request);
    const { insurer, insutype, setting, personClass, elsewhere = false, stay = 1 } = request;
    const day = request.day ?? chinaDate(this.#parts.clock.now());
    const common = { insurer, insutype, setting, personClass, elsewhere, stay, day };

    const cases = comparisons(tier, benefits.tiers, referred).map(({ state, direction, ...at }) => {
      const about: Case = { ...common, tier: at.tier, referral: state, direction };
      return { about, asked: at.asked, result: estimateOf(benefits, about, figures) };
    });
    if (!cases.some(({ asked, result }) => asked && result.ok)) throw new Fault('estimate.no-rule');
    return {
      estimate: true,
      notice: NOTICE,
      assumed: assumedOf(request),
      rows: cases.flatMap(({ about, asked, result }) =>
        result.ok ? [rowView({ about, asked, shares: result.value }, figures)] : [],
      ),
      noRule: cases.flatMap(({ about, result }) =>
        result.ok ? [] : [{ tier: about.tier, referral: about.referral }],
      ),
    };
  }

  /** Where the visit is, and how it stands to referral: as asked, or as a referral on file says. */
  async #visitOf(
    { tier, referral, referralNumber }: EstimateRequest,
    benefits: Benefits,
  ): Promise<{ tier: string; referred: Referred }> {
    if (referral && referralNumber !== undefined) {
      throw new Fault('request.invalid', {
        pointer: '/body/referral',
        detail: 'either referral or referralNumber',
      });
    }
    const onFile = referralNumber === undefined ? undefined : await this.#onFile(referralNumber);
    return {
      tier: tierOf(tier ?? onFile?.toLevel ?? this.#parts.ownLevel, benefits),
      referred: onFile ?? referral ?? { state: 'none' },
    };
  }

  async #onFile(number: string) {
    const onFile = await this.#parts.referrals.onFile(number);
    if (!onFile) throw new Fault('estimate.referral-unknown', { pointer: '/body/referralNumber' });
    return onFile;
  }
}

/** A tier of the table, by its own name or by the level of an organisation. */
function tierOf(asked: string, { tiers, levels }: Benefits): string {
  if (tiers.includes(asked)) return asked;
  const tier = Object.hasOwn(levels, asked) ? levels[asked as Level] : undefined;
  if (tier !== undefined) return tier;
  throw new Fault('request.invalid', { pointer: '/body/tier', detail: `one of ${tiers.join(', ')}` });
}

/** The visit as asked, then the same without its referral, then one tier up with a referral and without. */
function comparisons(tier: string, tiers: readonly string[], referred: Referred) {
  const none = { state: 'none' } as const;
  const up = { state: 'referred', direction: 'up' } as const;
  const above = tiers[tiers.indexOf(tier) + 1];
  const cases: ({ tier: string; asked: boolean } & Referred)[] = [
    { tier, asked: true, state: referred.state, direction: referred.direction },
  ];
  if (referred.state !== 'none') cases.push({ tier, asked: false, ...none });
  if (above !== undefined)
    cases.push({ tier: above, asked: false, ...up }, { tier: above, asked: false, ...none });
  return cases;
}

function figuresOf(request: EstimateRequest): Figures {
  const totalFen = totalOf(request);
  const { inScope } = request.amounts ?? {};
  const inScopeFen = inScope === undefined ? totalFen : fenAt(inScope);
  if (inScopeFen > totalFen) {
    throw new Fault('request.invalid', { pointer: '/body/amounts/inScope', detail: 'is above the total' });
  }
  return {
    totalFen,
    inScopeFen,
    usedDeductibleFen: fenAt(request.usedDeductible),
    usedCapFen: fenAt(request.usedCap),
    usedOwnFen: fenAt(request.usedOwn),
    usedCriticalFen: fenAt(request.usedCritical),
    usedAssistanceFen: fenAt(request.usedAssistance),
  };
}

function totalOf({ amounts, charges }: EstimateRequest): Fen {
  const stated = amounts === undefined ? undefined : fenAt(amounts.total);
  if (!charges) {
    if (stated !== undefined) return stated;
    throw new Fault('request.invalid', { pointer: '/body/amounts', detail: 'amounts or charges' });
  }
  const lines = charges.map(({ amount, ...charge }) => ({ ...charge, amountFen: fenAt(amount) }));
  const total = checkCharges(lines, stated);
  if (total.ok) return total.value;
  const { pointer, detail } = total.error;
  throw new Fault('settlement.charges', { pointer: `/body${pointer}`, detail });
}

/** The schema has checked its form. */
function fenAt(text = '0.00'): Fen {
  const fen = fenOf(text);
  if (!fen.ok) throw new Fault('request.invalid', { pointer: '/body', detail: fen.error });
  return fen.value;
}

function assumedOf(request: EstimateRequest): Estimate['assumed'] {
  const used = [
    request.usedDeductible,
    request.usedCap,
    request.usedOwn,
    request.usedCritical,
    request.usedAssistance,
  ];
  return [
    ...(request.amounts?.inScope === undefined ? (['all-in-scope'] as const) : []),
    ...(used.every((amount) => amount === undefined) ? (['nothing-used'] as const) : []),
    ...(request.referral === undefined && request.referralNumber === undefined
      ? (['no-referral'] as const)
      : []),
  ];
}
