import { LosslessNumber } from 'lossless-json';
import { chinaDateTime } from '../../clock.ts';
import { type Fen, yuanOf } from '../../money.ts';
import type { Shares } from './benefits.ts';
import type { Person, SettlementRow, VisitRow } from './book.ts';

/** An amount as the platform writes it: a JSON number. */
export function money(fen: Fen): LosslessNumber {
  return new LosslessNumber(yuanOf(fen));
}

const FUND_FIELDS = [
  'hifp_pay',
  'cvlserv_pay',
  'hifes_pay',
  'hifmi_pay',
  'hifob_pay',
  'maf_pay',
  'oth_pay',
  'hifdm_pay',
];

const FUND_NAMES: Readonly<Record<string, string>> = {
  '310102': '职工门诊统筹基金',
  '310200': '城镇职工基本医疗保险个人账户基金',
  '330100': '大额医疗费用补助基金',
  '390102': '居民门诊统筹基金',
  '390200': '城乡居民大病医疗保险基金',
  '390500': '居民家庭账户金',
  '610100': '医疗救助基金',
};

const BY_ITEM = '1';

/** clr_type by the first digits of med_type; the rest is 11 门诊. */
const CLEARINGS: Readonly<Record<string, string>> = {
  12: '12',
  13: '13',
  14: '14',
  21: '21',
  22: '21',
  28: '21',
  41: '41',
  52: '21',
};

/** Settlements of negative amounts, that take another back. */
const REVERSALS: ReadonlySet<string> = new Set(['2103', '2208', '2305']);

export function isReversal(infno: string): boolean {
  return REVERSALS.has(infno);
}

export interface SettlementFacts {
  readonly person: Person;
  readonly visit: VisitRow;
  readonly credential: string;
  readonly personType: string;
  readonly shares: Shares;
  readonly balanceFen: Fen;
  readonly msgid: string;
  readonly area: string;
  readonly at: number;
  /** -1 for the answer of a reversal. */
  readonly sign: 1 | -1;
  readonly setlId?: string;
}

/** setlinfo and setldetail of a trial, a settlement or a reversal; they keep the rules of amounts. */
export function settlementOutput(facts: SettlementFacts) {
  const { person, visit, shares, sign } = facts;
  const of = (fen: Fen) => money(sign * fen);
  const fundFen = shares.funds.reduce((total, fund) => total + fund.amountFen, 0);
  const personFen = shares.accountFen + shares.cashFen;
  const cash = sign === 1 ? { psn_cash_pay: of(shares.cashFen) } : { pdn_cash_pay: of(shares.cashFen) };
  const funds = FUND_FIELDS.map((field): [string, LosslessNumber] => [
    field,
    of(
      shares.funds.filter((fund) => fund.field === field).reduce((total, fund) => total + fund.amountFen, 0),
    ),
  ]);
  const setlinfo = {
    mdtrt_id: visit.mdtrt_id,
    ...(facts.setlId ? { setl_id: facts.setlId } : {}),
    psn_no: person.psn_no,
    psn_name: person.psn_name,
    psn_cert_type: person.psn_cert_type,
    certno: person.certno,
    gend: person.gend,
    naty: person.naty,
    brdy: person.brdy,
    age: new LosslessNumber(ageAt(person.brdy, facts.at)),
    insutype: visit.insutype,
    psn_type: facts.personType,
    cvlserv_flag: '0',
    setl_time: chinaDateTime(facts.at),
    mdtrt_cert_type: facts.credential,
    med_type: visit.med_type,
    medfee_sumamt: of(shares.totalFen),
    fulamt_ownpay_amt: of(shares.fullOwnFen),
    overlmt_selfpay: of(shares.overLimitFen),
    preselfpay_amt: of(shares.firstOwnFen),
    inscp_scp_amt: of(shares.inScopeFen),
    act_pay_dedc: of(shares.deductibleFen),
    pool_prop_selfpay: new LosslessNumber((shares.ratioPercent / 100).toFixed(4)),
    ...Object.fromEntries(funds),
    fund_pay_sumamt: of(fundFen),
    psn_part_amt: of(personFen),
    acct_pay: of(shares.accountFen),
    ...cash,
    hosp_part_amt: of(0),
    balc: money(facts.balanceFen),
    acct_mulaid_pay: of(0),
    medins_setl_id: facts.msgid,
    clr_optins: facts.area,
    clr_way: BY_ITEM,
    clr_type: CLEARINGS[visit.med_type.slice(0, 2)] ?? '11',
    exp_content: '',
  };
  const rows = [...shares.funds, { code: shares.accountFund, amountFen: shares.accountFen }];
  return {
    setlinfo,
    setldetail: rows.filter((row) => row.amountFen !== 0).map((row) => detail(row, shares, of)),
  };
}

/** Fields that the answers of 2103 and 2305 don't have; the cash field is spelled as everywhere else. */
const NOT_REPEATED: ReadonlySet<string> = new Set([
  ...['psn_no', 'psn_name', 'psn_cert_type', 'certno', 'gend', 'naty', 'brdy', 'age', 'insutype', 'psn_type'],
  ...['cvlserv_flag', 'mdtrt_cert_type', 'med_type', 'clr_way', 'clr_type', 'exp_content', 'hosp_part_amt'],
]);

/** The answer of 2103 or 2305: a reversal that doesn't name the person again. */
export function shortenedOutput(facts: SettlementFacts) {
  const { setlinfo, setldetail } = settlementOutput(facts);
  const { pdn_cash_pay, ...kept } = Object.fromEntries(
    Object.entries(setlinfo).filter(([field]) => !NOT_REPEATED.has(field)),
  );
  return { setlinfo: { ...kept, psn_cash_pay: pdn_cash_pay }, setldetail };
}

function detail(row: { code: string; amountFen: Fen }, shares: Shares, of: (fen: Fen) => LosslessNumber) {
  return {
    fund_pay_type: row.code,
    inscp_scp_amt: of(shares.inScopeFen),
    crt_payb_lmt_amt: money(0),
    fund_payamt: of(row.amountFen),
    fund_pay_type_name: FUND_NAMES[row.code] ?? '',
    setl_proc_info: '',
  };
}

export function sharesOf(row: SettlementRow): Shares {
  return JSON.parse(row.shares) as Shares;
}

/** Whole years. */
export function ageAt(birthDate: string, at: number): string {
  const today = chinaDateTime(at).slice(0, 10);
  const years = Number(today.slice(0, 4)) - Number(birthDate.slice(0, 4));
  return String(today.slice(5) < birthDate.slice(5) ? years - 1 : years);
}
