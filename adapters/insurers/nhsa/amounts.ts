import { type Fen, fenOf } from '../../../src/money.ts';
import { isRecord, textOf } from './envelope.ts';

/** The fund fields of setlinfo, whose sum is fund_pay_sumamt (接口规范 2207 结算信息). */
export const FUND_FIELDS = [
  'hifp_pay',
  'cvlserv_pay',
  'hifes_pay',
  'hifmi_pay',
  'hifob_pay',
  'maf_pay',
  'oth_pay',
  'hifdm_pay',
] as const;

export type FundField = (typeof FUND_FIELDS)[number];

const FIELDS = [
  'medfee_sumamt',
  'fulamt_ownpay_amt',
  'overlmt_selfpay',
  'preselfpay_amt',
  'inscp_scp_amt',
  'act_pay_dedc',
  'fund_pay_sumamt',
  'psn_part_amt',
  'acct_pay',
  'acct_mulaid_pay',
  'psn_cash_pay',
  'hosp_part_amt',
  'balc',
  ...FUND_FIELDS,
] as const;

type AmountField = (typeof FIELDS)[number];

/** One row of setldetail that carries money. */
export interface DetailRow {
  readonly fundType: string;
  readonly amountFen: Fen;
  /** setl_proc_info: some provinces write the real fund code here. */
  readonly process: string;
}

/** The amounts of one settlement answer. A field that was absent or empty is not in `fields` and counts as zero. */
export interface Amounts {
  readonly fields: Readonly<Partial<Record<AmountField, Fen>>>;
  readonly details: readonly DetailRow[];
  /** Fields whose text is no amount. */
  readonly unreadable: readonly string[];
}

/** Reads setlinfo and setldetail of 2206, 2207, 2208 and their like. */
export function amountsOf(output: unknown): Amounts {
  const setlinfo = firstOf(isRecord(output) ? output.setlinfo : undefined);
  const unreadable: string[] = [];
  const fields: Partial<Record<AmountField, Fen>> = {};
  for (const field of FIELDS) {
    // 2208 spells the cash field pdn_cash_pay.
    const value =
      field === 'psn_cash_pay' ? (setlinfo.psn_cash_pay ?? setlinfo.pdn_cash_pay) : setlinfo[field];
    const fen = readAmount(value, field, unreadable);
    if (fen !== undefined) fields[field] = fen;
  }
  const details = rowsOf(isRecord(output) ? output.setldetail : undefined).flatMap((row): DetailRow[] => {
    const amountFen = readAmount(row.fund_payamt, 'setldetail.fund_payamt', unreadable);
    // A list without rows may come as one row of empty strings.
    if (amountFen === undefined) return [];
    return [{ fundType: textOf(row.fund_pay_type), amountFen, process: textOf(row.setl_proc_info) }];
  });
  return { fields, details, unreadable };
}

function readAmount(value: unknown, field: string, unreadable: string[]): Fen | undefined {
  if (value === undefined || value === null || value === '' || value === 'null') return undefined;
  const fen = typeof value === 'string' ? fenOf(value.trim()) : undefined;
  if (fen?.ok) return fen.value;
  unreadable.push(field);
  return undefined;
}

/** A node's rows, whether it came as a list, as one object or not at all. */
export function rowsOf(node: unknown): Record<string, unknown>[] {
  if (Array.isArray(node)) return node.filter(isRecord);
  return isRecord(node) ? [node] : [];
}

/** A node's only row, or an empty one. */
export function firstOf(node: unknown): Record<string, unknown> {
  return rowsOf(node)[0] ?? {};
}
