import type { Fen } from '../../../src/money.ts';
import { type Amounts, type DetailRow, FUND_FIELDS } from './amounts.ts';
import { lookUp, type Profile } from './profile.ts';

/** How the province counts. */
export type IntegrityOptions = Pick<Profile, 'fundIncludesAccount' | 'fundCodes' | 'assistance'>;

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
    funds: fundSums(amounts, options).includes(funds),
    parts: shortened || of('medfee_sumamt') === funds + person + of('hosp_part_amt'),
    person: person === of('acct_pay') + of('psn_cash_pay'),
    details:
      amounts.details.length === 0 ||
      sum(amounts.details.map((row) => row.amountFen)) === funds + of('acct_pay') + of('hosp_part_amt'),
  };
  return (Object.keys(holds) as IntegrityRule[]).filter((rule) => !holds[rule]);
}

/** fund_pay_sumamt without the personal account, whichever way the province counts. */
export function fundsTotal(
  { fields }: Amounts,
  { fundIncludesAccount }: Pick<IntegrityOptions, 'fundIncludesAccount'>,
): Fen {
  return (fields.fund_pay_sumamt ?? 0) - (fundIncludesAccount ? (fields.acct_pay ?? 0) : 0);
}

/**
 * What the funds may come to: the fund fields, and where maf_pay is empty also with the medical assistance that some
 * provinces write into setldetail alone.
 */
function fundSums(amounts: Amounts, options: IntegrityOptions): Fen[] {
  const fields = sum(FUND_FIELDS.map((field) => amounts.fields[field] ?? 0));
  const assistance = assistanceInDetails(amounts, options);
  return assistance === 0 ? [fields] : [fields, fields + assistance];
}

/** Medical assistance that stands in setldetail while maf_pay is empty. Rows of equal amounts are rows all the same. */
export function assistanceInDetails({ fields, details }: Amounts, options: IntegrityOptions): Fen {
  if (fields.maf_pay) return 0;
  return sum(details.filter((row) => isAssistance(row, options)).map((row) => row.amountFen));
}

/** 医疗救助 by its code, or under that of another fund where setl_proc_info says that it is. */
function isAssistance(row: DetailRow, { assistance, fundCodes }: IntegrityOptions): boolean {
  const says = (code: string) => assistance.funds.includes(lookUp(fundCodes, code) ?? code);
  return says(row.fundType) || (assistance.hiddenUnder.includes(row.fundType) && says(row.process));
}

function sum(amounts: readonly Fen[]): Fen {
  return amounts.reduce((total, amount) => total + amount, 0);
}
