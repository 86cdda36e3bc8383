import type { FundShare, Split } from '../../../src/settlement/port.ts';
import { type Amounts, amountsOf, FUND_FIELDS, type FundField } from './amounts.ts';
import { assistanceInDetails, fundsTotal, type IntegrityOptions, integrityFaults } from './integrity.ts';

const FUNDS: Record<FundField, FundShare['fund']> = {
  hifp_pay: 'pooled',
  cvlserv_pay: 'civil-servant',
  hifes_pay: 'enterprise',
  hifmi_pay: 'serious-illness',
  hifob_pay: 'large-amount',
  maf_pay: 'assistance',
  oth_pay: 'other',
  hifdm_pay: 'disability',
};

export interface SplitReading {
  readonly split: Split;
  /** Names of the integrity rules it breaks. */
  readonly faults: readonly string[];
}

/** Reads who pays what from an answer with setlinfo and setldetail. */
export function readSplit(output: unknown, options: IntegrityOptions): SplitReading {
  const amounts = amountsOf(output);
  const { fields } = amounts;
  const split: Split = {
    totalFen: fields.medfee_sumamt ?? 0,
    funds: fundShares(amounts, options),
    fundFen: fundsTotal(amounts, options),
    accountFen: fields.acct_pay ?? 0,
    cashFen: fields.psn_cash_pay ?? 0,
    hospitalFen: fields.hosp_part_amt ?? 0,
    fullOwnFen: fields.fulamt_ownpay_amt ?? 0,
    overLimitFen: fields.overlmt_selfpay ?? 0,
    firstOwnFen: fields.preselfpay_amt ?? 0,
    inScopeFen: fields.inscp_scp_amt ?? 0,
    deductibleFen: fields.act_pay_dedc ?? 0,
    ...(fields.balc === undefined ? {} : { balanceFen: fields.balc }),
  };
  return { split, faults: integrityFaults(amounts, options) };
}

/**
 * The shares of the funds. Medical assistance that stands in setldetail only is a share of its own: taken out of
 * oth_pay where the fund fields already add up with it, added where they don't.
 */
function fundShares(amounts: Amounts, options: IntegrityOptions): FundShare[] {
  const shares = new Map<FundField, number>(FUND_FIELDS.map((field) => [field, amounts.fields[field] ?? 0]));
  const assistance = assistanceInDetails(amounts, options);
  const other = shares.get('oth_pay') ?? 0;
  const written = [...shares.values()].reduce((total, share) => total + share, 0);
  const added = written + assistance === fundsTotal(amounts, options);
  if (assistance !== 0 && (added || Math.abs(other) >= Math.abs(assistance))) {
    shares.set('maf_pay', assistance);
    if (!added) shares.set('oth_pay', other - assistance);
  }
  return [...shares]
    .filter(([, amountFen]) => amountFen !== 0)
    .map(([code, amountFen]) => ({ fund: FUNDS[code], code, amountFen }));
}
