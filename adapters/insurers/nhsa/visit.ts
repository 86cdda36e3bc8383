import type { LosslessNumber } from 'lossless-json';
import { chinaDateTime } from '../../../src/clock.ts';
import { type Fen, fenOf, yuanOf } from '../../../src/money.ts';
import type { Bill, Charge, Insurance } from '../../../src/settlement/port.ts';
import { firstOf, rowsOf } from './amounts.ts';
import { amountOf, type Decimals, isRecord, textOf } from './envelope.ts';
import { certificates } from './people.ts';

/** What the flow has found out about the person and the visit; becomes the quote's handle. */
export interface Visited {
  readonly psn_no: string;
  readonly psn_type: string;
  readonly insutype: string;
  readonly insuplc_admdvs: string;
  readonly mdtrt_id: string;
  readonly chrg_bchno: string;
}

/** Who and what a visit is opened for, before it has a number. */
export type Visitor = Omit<Visited, 'mdtrt_id' | 'chrg_bchno'>;

export function visitorOf(personNumber: string, insurance: Insurance): Visitor {
  return {
    psn_no: personNumber,
    psn_type: insurance.personType,
    insutype: insurance.insutype,
    insuplc_admdvs: insurance.insuredPlace,
  };
}

/** 2001 人员待遇享受检查. */
export function benefitInput(bill: Bill, visitor: Visitor, fixmedinsCode: string) {
  return {
    data: {
      psn_no: visitor.psn_no,
      insutype: visitor.insutype,
      fixmedins_code: fixmedinsCode,
      med_type: bill.visit.medType,
      begntime: chinaDateTime(bill.visit.startedAt),
    },
  };
}

/** 2201 门诊挂号. */
export function registrationInput(bill: Bill, visitor: Visitor) {
  const { visit } = bill;
  return {
    data: {
      psn_no: visitor.psn_no,
      insutype: visitor.insutype,
      begntime: chinaDateTime(visit.startedAt),
      ...certificates(bill.identity),
      psn_type: visitor.psn_type,
      psn_name: bill.identity.name,
      ipt_otp_no: visit.number,
      atddr_no: visit.doctorCode,
      dr_name: visit.doctorName,
      dept_code: visit.departmentCode,
      dept_name: visit.departmentName,
      caty: visit.departmentClass,
    },
  };
}

/** The visit's number in an answer of 2201; empty where it has none. */
export function visitNumberOf(output: unknown): string {
  return textOf(firstOf(isRecord(output) ? output.data : undefined).mdtrt_id);
}

const WESTERN_DIAGNOSIS = '1';
const VALID = '1';

/** 2203 门诊就诊信息上传. The first diagnosis stands for the disease of the visit. */
export function diagnosesInput(bill: Bill, visited: Visited) {
  const { visit, diagnoses } = bill;
  const begntime = chinaDateTime(visit.startedAt);
  return {
    mdtrtinfo: {
      mdtrt_id: visited.mdtrt_id,
      psn_no: visited.psn_no,
      med_type: visit.medType,
      begntime,
      main_cond_dscr: '',
      dise_codg: diagnoses[0]?.code ?? '',
      dise_name: diagnoses[0]?.name ?? '',
    },
    diseinfo: diagnoses.map((diagnosis, index) => ({
      diag_type: WESTERN_DIAGNOSIS,
      diag_srt_no: String(index + 1),
      diag_code: diagnosis.code,
      diag_name: diagnosis.name,
      diag_dept: visit.departmentCode,
      dise_dor_no: visit.doctorCode,
      dise_dor_name: visit.doctorName,
      diag_time: begntime,
      vali_flag: VALID,
    })),
  };
}

/** Lines of one 2204. */
export const BATCH_LINES_MAX = 100;

const NOT_CIRCULATED = '0';
const NO_APPROVAL_NEEDED = '0';

/** 2204 门诊费用明细信息上传, for the lines from `first` on. A line's serial is the batch's with four more digits. */
export function chargesInput(bill: Bill, visited: Visited, first: number, decimals: Decimals) {
  const { visit } = bill;
  const occurred = chinaDateTime(visit.startedAt);
  const line = (charge: Charge, index: number) => ({
    feedetl_sn: serialOfLine(visited.chrg_bchno, first + index),
    mdtrt_id: visited.mdtrt_id,
    psn_no: visited.psn_no,
    chrg_bchno: visited.chrg_bchno,
    rx_circ_flag: NOT_CIRCULATED,
    fee_ocur_time: occurred,
    med_list_codg: charge.nationalCode,
    medins_list_codg: charge.localCode,
    det_item_fee_sumamt: amountOf(decimals, charge.amountFen),
    cnt: decimals(charge.count),
    pric: decimals(charge.price),
    bilg_dept_codg: visit.departmentCode,
    bilg_dept_name: visit.departmentName,
    bilg_dr_codg: visit.doctorCode,
    bilg_dr_name: visit.doctorName,
    hosp_appr_flag: NO_APPROVAL_NEEDED,
  });
  return { feedetail: bill.charges.slice(first, first + BATCH_LINES_MAX).map(line) };
}

function serialOfLine(batch: string, index: number): string {
  return batch + String(index + 1).padStart(4, '0');
}

/** How the insurer divided the uploaded lines, summed: what 2207 wants to be told again. */
export interface LineSums {
  readonly fullOwnFen: Fen;
  readonly overLimitFen: Fen;
  readonly firstOwnFen: Fen;
  readonly inScopeFen: Fen;
}

export const NO_LINES: LineSums = { fullOwnFen: 0, overLimitFen: 0, firstOwnFen: 0, inScopeFen: 0 };

/** Adds an answer of 2204 to the sums; `undefined` when one of its amounts can't be read. */
export function addLines(sums: LineSums, output: unknown): LineSums | undefined {
  let total: LineSums | undefined = sums;
  for (const row of rowsOf(isRecord(output) ? output.result : undefined)) {
    const [fullOwn, overLimit, firstOwn, inScope] = [
      row.fulamt_ownpay_amt,
      row.overlmt_amt,
      row.preselfpay_amt,
      row.inscp_scp_amt,
    ].map((value) => fenOf(textOf(value)));
    if (!total || !fullOwn?.ok || !overLimit?.ok || !firstOwn?.ok || !inScope?.ok) return undefined;
    total = {
      fullOwnFen: total.fullOwnFen + fullOwn.value,
      overLimitFen: total.overLimitFen + overLimit.value,
      firstOwnFen: total.firstOwnFen + firstOwn.value,
      inScopeFen: total.inScopeFen + inScope.value,
    };
  }
  return total;
}

/** Why an answer of 2204 doesn't fit the lines it answers. */
export function linesFault(output: unknown, bill: Bill, first: number): string | undefined {
  const charges = bill.charges.slice(first, first + BATCH_LINES_MAX);
  const rows = rowsOf(isRecord(output) ? output.result : undefined);
  if (rows.length !== charges.length)
    return `金额不符 / amounts: ${rows.length} of ${charges.length} lines answered`;
  const sums = addLines(NO_LINES, output);
  if (!sums) return '金额不符 / amounts: a line cannot be read';
  const expected = charges.reduce((total, charge) => total + charge.amountFen, 0);
  const answered = sums.fullOwnFen + sums.overLimitFen + sums.firstOwnFen + sums.inScopeFen;
  return answered === expected ? undefined : '金额不符 / amounts: the lines do not add up to what was sent';
}

const BY_ITEM = '01';
const NO_ACCOUNT = '0';
const OWN_ACCOUNT = '1';

/** 2206 门诊预结算; with `psn_type` and `psn_name`, which 2207 does not take. */
export function trialInput(bill: Bill, visited: Visited, decimals: Decimals) {
  return {
    data: {
      ...settlementFields(bill, visited, decimals),
      psn_type: visited.psn_type,
      psn_name: bill.identity.name,
    },
  };
}

/** 2207 门诊结算. */
export function settlementInput(bill: Bill, visited: Visited, sums: LineSums, decimals: Decimals) {
  return {
    data: {
      ...settlementFields(bill, visited, decimals),
      invono: bill.billNumber.length <= INVOICE_LENGTH_MAX ? bill.billNumber : '',
      fulamt_ownpay_amt: amountOf(decimals, sums.fullOwnFen),
      overlmt_selfpay: amountOf(decimals, sums.overLimitFen),
      preselfpay_amt: amountOf(decimals, sums.firstOwnFen),
      inscp_scp_amt: amountOf(decimals, sums.inScopeFen),
    },
  };
}

const INVOICE_LENGTH_MAX = 20;

function settlementFields(bill: Bill, visited: Visited, decimals: Decimals): SettlementFields {
  return {
    psn_no: visited.psn_no,
    ...certificates(bill.identity),
    med_type: bill.visit.medType,
    medfee_sumamt: amountOf(decimals, bill.totalFen),
    psn_setlway: BY_ITEM,
    mdtrt_id: visited.mdtrt_id,
    chrg_bchno: visited.chrg_bchno,
    insutype: visited.insutype,
    acct_used_flag: bill.useAccount ? OWN_ACCOUNT : NO_ACCOUNT,
  };
}

type SettlementFields = ReturnType<typeof certificates> &
  Pick<Visited, 'psn_no' | 'mdtrt_id' | 'chrg_bchno' | 'insutype'> & {
    readonly med_type: string;
    readonly medfee_sumamt: LosslessNumber | string;
    readonly psn_setlway: string;
    readonly acct_used_flag: string;
  };

/** Everything that settling needs, as a quote's handle keeps it. */
export function handleOf(visited: Visited, sums: LineSums): Record<string, string> {
  return {
    ...visited,
    fulamt_ownpay_amt: yuanOf(sums.fullOwnFen),
    overlmt_selfpay: yuanOf(sums.overLimitFen),
    preselfpay_amt: yuanOf(sums.firstOwnFen),
    inscp_scp_amt: yuanOf(sums.inScopeFen),
  };
}

export function visitedOf(handle: Readonly<Record<string, string>>): Visited {
  const of = (key: keyof Visited) => handle[key] ?? '';
  return {
    psn_no: of('psn_no'),
    psn_type: of('psn_type'),
    insutype: of('insutype'),
    insuplc_admdvs: of('insuplc_admdvs'),
    mdtrt_id: of('mdtrt_id'),
    chrg_bchno: of('chrg_bchno'),
  };
}

export function sumsOf(handle: Readonly<Record<string, string>>): LineSums {
  const of = (key: string): Fen => {
    const fen = fenOf(handle[key] ?? '');
    if (!fen.ok) throw new Error(`a quote's handle holds an unreadable ${key}`);
    return fen.value;
  };
  return {
    fullOwnFen: of('fulamt_ownpay_amt'),
    overLimitFen: of('overlmt_selfpay'),
    firstOwnFen: of('preselfpay_amt'),
    inScopeFen: of('inscp_scp_amt'),
  };
}
