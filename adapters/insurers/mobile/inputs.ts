import type { MobileConfiguration } from '../../../schemas/insurer-configuration.ts';
import { chinaDateTime, chinaDigits } from '../../../src/clock.ts';
import type { Bill, Charge, Split } from '../../../src/settlement/port.ts';
import { amountOf, type Decimals } from '../nhsa/envelope.ts';
import { certificates } from '../nhsa/people.ts';

/** What a quote has found out: the order, and what it takes to ask about it. Becomes the quote's handle. */
export interface Ordered {
  readonly payOrdId: string;
  readonly payToken: string;
  /** Our number of the order. */
  readonly medOrgOrd: string;
  readonly mdtrtId: string;
  readonly chrgBchno: string;
}

/** For whom and what an order is made, before it has a number at the centre. */
export interface Orderer {
  readonly psnNo: string;
  readonly insutype: string;
  readonly insuCode: string;
  readonly medOrgOrd: string;
  readonly mdtrtId: string;
  readonly chrgBchno: string;
}

const WESTERN_DIAGNOSIS = '1';
const VALID = '1';
const BY_ITEM = '01';
const NOT_CIRCULATED = '0';
const NO_APPROVAL_NEEDED = '0';
const OUTPATIENT_FEE = '01';
const OWN_ACCOUNT = '1';
const NO_ACCOUNT = '0';
/** The edition requires a kind of birth and a count of births of every order. */
const NO_BIRTH = { matnType: '9', fetts: '0' };
const NOTHING_FURTHER = '{}';

/** 6201 费用明细上传. */
export function orderInput(
  bill: Bill,
  orderer: Orderer,
  configuration: MobileConfiguration,
  decimals: Decimals,
) {
  const { visit, identity } = bill;
  const { psn_cert_type, certno } = certificates(identity);
  const begntime = chinaDateTime(visit.startedAt);
  const { registrationDisease } = configuration;
  const diagnoses =
    bill.diagnoses.length === 0 && registrationDisease ? [registrationDisease] : bill.diagnoses;
  const disease = visit.disease ?? diagnoses[0];
  const lines = configuration.covers === 'cash' ? [restLine(bill, configuration)] : bill.charges;
  const { psnNo, mdtrtId, chrgBchno } = orderer;
  return {
    data: {
      orgCodg: configuration.fixmedinsCode,
      ...orderer,
      rxCircFlag: NOT_CIRCULATED,
      begntime,
      idNo: certno,
      userName: identity.name,
      idType: psn_cert_type,
      ecToken: identity.insuranceCodeToken ?? '',
      iptOtpNo: visit.number,
      atddrNo: visit.doctorCode,
      drName: visit.doctorName,
      deptCode: visit.departmentCode,
      deptName: visit.departmentName,
      caty: visit.departmentClass,
      medType: visit.medType,
      feeType: OUTPATIENT_FEE,
      medfeeSumamt: amountOf(decimals, bill.leftFen),
      acctUsedFlag: configuration.covers === 'all' && bill.useAccount ? OWN_ACCOUNT : NO_ACCOUNT,
      diseCodg: disease?.code ?? '',
      diseName: disease?.name ?? '',
      psnSetlway: BY_ITEM,
      ...NO_BIRTH,
      extData: NOTHING_FURTHER,
      ...configuration.orderFields,
      diseinfoList: diagnoses.map((diagnosis, index) => ({
        diagType: WESTERN_DIAGNOSIS,
        diagSrtNo: String(index + 1),
        diagCode: diagnosis.code,
        diagName: diagnosis.name,
        diagDept: visit.departmentCode,
        diseDorNo: visit.doctorCode,
        diseDorName: visit.doctorName,
        diagTime: begntime,
        valiFlag: VALID,
      })),
      feedetailList: lines.map((charge, index) => ({
        feedetlSn: chrgBchno + String(index + 1).padStart(4, '0'),
        mdtrtId,
        psnNo,
        chrgBchno,
        rxCircFlag: NOT_CIRCULATED,
        feeOcurTime: begntime,
        medListCodg: charge.nationalCode,
        medinsListCodg: charge.localCode,
        detItemFeeSumamt: amountOf(decimals, charge.amountFen),
        cnt: decimals(charge.count),
        pric: 'price' in charge ? decimals(charge.price) : amountOf(decimals, charge.amountFen),
        bilgDeptCodg: visit.departmentCode,
        bilgDeptName: visit.departmentName,
        bilgDrCodg: visit.doctorCode,
        bilgDrName: visit.doctorName,
        hospApprFlag: NO_APPROVAL_NEEDED,
        medType: visit.medType,
      })),
    },
  };
}

type RestLine = Pick<Charge, 'nationalCode' | 'localCode' | 'count' | 'amountFen'>;

/** What is left of a bill as one line: the bill's own lines have been put to the payers before. */
function restLine(bill: Bill, { restItem }: MobileConfiguration): RestLine {
  if (!restItem) throw new Error('an order for the rest of a bill needs restItem');
  return { ...restItem, count: '1', amountFen: bill.leftFen };
}

/** 6202 支付下单. */
export function payInput(ordered: Ordered, { fixmedinsCode, payFields }: MobileConfiguration) {
  const { payOrdId, payToken, medOrgOrd, mdtrtId, chrgBchno } = ordered;
  return {
    data: {
      payOrdId,
      payToken,
      orgCodg: fixmedinsCode,
      orgBizSer: medOrgOrd,
      mdtrtId,
      chrgBchno,
      ...payFields,
    },
  };
}

/** 6301 医保订单结算结果查询 and 6401 费用明细上传撤销 ask with the same fields. */
export function askInput(bill: Bill, { payOrdId, payToken }: Ordered, orgCodg: string) {
  const { psn_cert_type, certno } = certificates(bill.identity);
  return {
    data: { payOrdId, orgCodg, payToken, idNo: certno, userName: bill.identity.name, idType: psn_cert_type },
  };
}

/** Both parts of an order are paid back. */
const ALL = 'ALL';

/** 6203 医保退费, of the whole order. Its number follows from the order's, so that one asked for twice is the same. */
export function refundInput(
  ordered: Ordered,
  split: Split,
  { ecToken, at, decimals }: { ecToken: string; at: number; decimals: Decimals },
) {
  return {
    data: {
      payOrdId: ordered.payOrdId,
      appRefdSn: refundNumberOf(ordered),
      appRefdTime: chinaDigits(at).slice(0, 14),
      totlRefdAmt: amountOf(decimals, split.totalFen),
      psnAcctRefdAmt: amountOf(decimals, split.accountFen),
      fundRefdAmt: amountOf(decimals, split.fundFen),
      cashRefdAmt: amountOf(decimals, split.paidFen ?? 0),
      ecToken,
      refdType: ALL,
    },
  };
}

export function refundNumberOf({ medOrgOrd }: Ordered): string {
  return `${medOrgOrd}R`;
}

export function handleOf(ordered: Ordered): Record<string, string> {
  return { ...ordered };
}

export function orderedOf(handle: Readonly<Record<string, string>>): Ordered {
  const of = (key: keyof Ordered) => handle[key] ?? '';
  return {
    payOrdId: of('payOrdId'),
    payToken: of('payToken'),
    medOrgOrd: of('medOrgOrd'),
    mdtrtId: of('mdtrtId'),
    chrgBchno: of('chrgBchno'),
  };
}
