import type { Fen } from '../../../src/money.ts';
import { type Amounts, type DetailRow, FUND_FIELDS } from './amounts.ts';

export interface IntegrityOptions {
  /** Guangdong counts the personal account into fund_pay_sumamt. */
  readonly fundIncludesAccount: boolean;
}

/**
 * The rules that the amounts of a settlement answer keep, each under the name it is reported by:
 *
 * - `readable`: every amount is one.
 * - `scope`: medfee = in scope + full own pay + first own pay + over limit.
 * - `funds`: fund_pay_sumamt = the sum of the funds.
 * - `parts`: medfee = funds + person + hospital.
 * - `person`: the person's part = account + cash.
 * - `details`: Σ setldetail = funds + account + hospital.
 *
 * Answers of 2208 and 2305 may leave out psn_part_amt or hosp_part_amt; then `parts` doesn't apply.
 */
export type IntegrityRule = 'readable' | 'scope' | 'funds' | 'parts' | 'person' | 'details';

/** The names of the rules that the amounts break. */
export function integrityFaults(amounts: Amounts, options: IntegrityOptions): IntegrityRule[] {
  const { fields } = amounts;
  const of = (field: keyof typeof fields): Fen => fields[field] ?? 0;
  const funds = fundsTotal(amounts, options);
  const person = fields.psn_part_amt ?? of('acct_pay') + of('psn_cash_pay');
  const reversal = of('medfee_sumamt') < 0;
  const shortened = reversal && (fields.psn_part_amt === undefined || fields.hosp_part_amt === undefined);
  const holds: Record<IntegrityRule, boolean> = {
    readable: amounts.unreadable.length === 0,
    scope:
      of('medfee_sumamt') ===
      of('inscp_scp_amt') + of('fulamt_ownpay_amt') + of('preselfpay_amt') + of('overlmt_selfpay'),
    funds: fundSums(amounts).includes(funds),
    parts: shortened || of('medfee_sumamt') === funds + person + of('hosp_part_amt'),
    person: person === of('acct_pay') + of('psn_cash_pay'),
    details:
      amounts.details.length === 0 ||
      sum(amounts.details.map((row) => row.amountFen)) === funds + of('acct_pay') + of('hosp_part_amt'),
  };
  return (Object.keys(holds) as IntegrityRule[]).filter((rule) => !holds[rule]);
}

/** fund_pay_sumamt without the personal account, whichever way the province counts. */
export function fundsTotal({ fields }: Amounts, { fundIncludesAccount }: IntegrityOptions): Fen {
  return (fields.fund_pay_sumamt ?? 0) - (fundIncludesAccount ? (fields.acct_pay ?? 0) : 0);
}

/**
 * What the funds may come to: the fund fields, and where maf_pay is empty also with the medical assistance that some
 * provinces write into setldetail alone.
 */
function fundSums(amounts: Amounts): Fen[] {
  const fields = sum(FUND_FIELDS.map((field) => amounts.fields[field] ?? 0));
  const assistance = assistanceInDetails(amounts);
  return assistance === 0 ? [fields] : [fields, fields + assistance];
}

/** Codes of 医疗救助 in setldetail; 999997 (其他基金) only where setl_proc_info says that it is. */
const ASSISTANCE: ReadonlySet<string> = new Set(['610100', '610101']);
const OTHER_FUND = '999997';

/** Medical assistance that stands in setldetail while maf_pay is empty. Rows of equal amounts are rows all the same. */
export function assistanceInDetails({ fields, details }: Amounts): Fen {
  if (fields.maf_pay) return 0;
  return sum(details.filter(isAssistance).map((row) => row.amountFen));
}

function isAssistance(row: DetailRow): boolean {
  return ASSISTANCE.has(row.fundType) || (row.fundType === OTHER_FUND && ASSISTANCE.has(row.process));
}

function sum(amounts: readonly Fen[]): Fen {
  return amounts.reduce((total, amount) => total + amount, 0);
}
