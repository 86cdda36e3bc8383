import { hash } from 'node:crypto';
import { chinaDate, chinaDateTime, chinaDigits } from '../../clock.ts';
import { isTokenOf } from '../codes/tray.ts';
import { money } from './answers.ts';
import { divideBill, divideLine, type Shares } from './benefits.ts';
import { Refusal } from './envelope.ts';
import {
  byNumber,
  type Context,
  data,
  fen,
  type Handler,
  insuranceOf,
  type Row,
  rows,
  text,
} from './inputs.ts';
import type { OrderRow } from './order-book.ts';

/** ordStas. */
const TRIED = '1';
const PAYING = '2';
const PAID = '6';
const REFUNDED = '7';
const REVOKED = '12';

/** How long a patient who takes their time does. */
const PATIENT_MS = 30_000;

/** The virtual mobile-pay centre: orders are made, paid by a patient who never lacks money, refunded and revoked. */
export const mobileHandlers: Readonly<Record<string, Handler>> = {
  '6201': makeOrder,

  '6202': (context) => {
    const order = orderOf(context);
    if (order.state === REVOKED) throw new Refusal('订单已撤销');
    if (order.state === REFUNDED) throw new Refusal('订单已退款');
    if (order.state !== TRIED) throw new Refusal('订单已支付');
    const { book, request, now } = context;
    const after = request.patientPaysLater
      ? book.orders.change(order, { state: PAYING, pays_at: now + PATIENT_MS })
      : pay(context, order);
    return { data: { payOrdId: order.pay_ord_id, ordStas: after.state, ...amounts(order), extData: '' } };
  },

  '6203': (context) => {
    const { book, now } = context;
    const input = data(context);
    const order = known(context, text(input.payOrdId));
    const number = text(input.appRefdSn);
    if (!isTokenOf(text(input.ecToken), order.certno) && text(input.ecToken) !== revsTokenOf(order)) {
      throw new Refusal('电子凭证令牌无效');
    }
    if (order.state === REFUNDED && order.refund !== number) throw new Refusal('订单已退款');
    if (order.state !== PAID && order.state !== REFUNDED) throw new Refusal('订单未支付');
    checkRefund(input, sharesOf(order));
    if (order.state === PAID) {
      book.count(order, -1);
      book.orders.change(order, { state: REFUNDED, refund: number });
    }
    return {
      data: {
        refdSn: `T${order.pay_ord_id.slice(1)}`,
        hiFefdSn: `H${order.pay_ord_id.slice(1)}`,
        hiTrnsDate: chinaDigits(now).slice(0, 8),
        hiTrnsTime: chinaDigits(now).slice(8, 14),
        refStatus: 'SUCC',
        extData: '',
      },
    };
  },

  '6204': (context) => {
    known(context, text(data(context).payOrdId));
    return {};
  },

  '6301': (context) => {
    const order = ofPerson(context);
    const { request, now } = context;
    return {
      data: {
        ordStas: order.state,
        payOrdId: order.pay_ord_id,
        callType: '02',
        medOrgOrd: order.med_org_ord,
        traceTime: chinaDateTime(order.paid_at ?? now),
        orgCodg: text(data(context).orgCodg),
        orgName: request.institutionName || '虚拟机构',
        setlType: setlTypeOf(sharesOf(order)),
        ...amounts(order),
        revsToken: revsTokenOf(order),
        extData: '',
      },
    };
  },

  '6401': (context) => {
    const order = ofPerson(context);
    if (order.state === REVOKED) throw new Refusal('订单已撤销');
    if (order.state !== TRIED && order.state !== PAYING) throw new Refusal('订单已支付,不能撤销');
    context.book.orders.change(order, { state: REVOKED });
    return { data: { success: true } };
  },
};

/** 6201. The lines must make up the sum; the insurance's part, if any, is tried at once. */
function makeOrder(context: Context): unknown {
  const { book, now } = context;
  const input = data(context);
  const person = byNumber(context, text(input.psnNo));
  if (person.certno !== text(input.idNo) || person.psn_name !== text(input.userName)) {
    throw new Refusal('姓名与证件号码不符');
  }
  if (!isTokenOf(text(input.ecToken), person.certno)) throw new Refusal('电子凭证令牌无效');
  const { insutype } = insuranceOf(person, text(input.insutype));
  const lines = rows(input, 'feedetailList').map((line) =>
    divideLine(text(line.medListCodg), text(line.cnt), fen(line.detItemFeeSumamt, 'detItemFeeSumamt')),
  );
  const shares = divideBill(
    lines,
    {
      insutype,
      medType: text(input.medType),
      balanceFen: book.balance(person.psn_no, insutype),
      classes: person.classes.map((row) => row.psn_idet_type),
      used: book.used(person.psn_no, insutype, chinaDate(now).slice(0, 4)),
    },
    text(input.acctUsedFlag) !== '0',
  );
  if (!shares) throw new Refusal('该医疗类别没有可享受的待遇');
  if (shares.totalFen !== fen(input.medfeeSumamt, 'medfeeSumamt')) {
    throw new Refusal('医疗费总额与费用明细不一致');
  }
  checkVisit(context, input, shares);
  const order: OrderRow = {
    pay_ord_id: `P${chinaDigits(now).slice(0, 14)}${String(book.nextNumber('order')).padStart(10, '0')}`,
    pay_token: hash('sha256', `sandbox order ${text(input.medOrgOrd)}`, 'hex').slice(0, 32),
    med_org_ord: text(input.medOrgOrd),
    psn_no: person.psn_no,
    insutype,
    certno: person.certno,
    year: chinaDate(now).slice(0, 4),
    shares: JSON.stringify(shares),
    state: TRIED,
    created_at: now,
    pays_at: null,
    paid_at: null,
    refund: null,
  };
  if (!book.orders.add(order)) throw new Refusal('医疗机构订单号重复');
  return { data: { payOrdId: order.pay_ord_id, payToken: order.pay_token, cashierUrl: '', extData: '' } };
}

/** The insurance pays for a visit that was opened at it (2201), and for no other. */
function checkVisit({ book }: Context, input: Row, shares: Shares): void {
  if (setlTypeOf(shares) === 'CASH') return;
  const visit = book.visit(text(input.mdtrtId));
  if (visit?.psn_no !== text(input.psnNo)) throw new Refusal('未查询到就诊信息');
}

function checkRefund(input: Row, shares: Shares): void {
  const expected = {
    totlRefdAmt: shares.totalFen,
    cashRefdAmt: shares.cashFen,
    psnAcctRefdAmt: shares.accountFen,
    fundRefdAmt: fundOf(shares),
  };
  for (const [field, amount] of Object.entries(expected)) {
    if (fen(input[field], field) !== amount) throw new Refusal(`${field} 与订单不一致`);
  }
}

/** The order that 6202 pays, by its number and its token. */
function orderOf(context: Context): OrderRow {
  const order = known(context, text(data(context).payOrdId));
  if (order.pay_token !== text(data(context).payToken)) throw new Refusal('支付令牌无效');
  return order;
}

/** The order that 6301 or 6401 asks about, which must be that person's. */
function ofPerson(context: Context): OrderRow {
  const order = orderOf(context);
  if (order.certno !== text(data(context).idNo)) throw new Refusal('订单不属于该参保人');
  return order;
}

/** An order, paid by now if its patient has had their time. */
function known(context: Context, payOrdId: string): OrderRow {
  const order = context.book.orders.order(payOrdId);
  if (!order) throw new Refusal('未查询到订单');
  const due = order.state === PAYING && order.pays_at !== null && order.pays_at <= context.now;
  return due ? pay(context, order) : order;
}

function pay({ book, now }: Context, order: OrderRow): OrderRow {
  book.count(order, 1);
  return book.orders.change(order, { state: PAID, paid_at: now });
}

function sharesOf({ shares }: OrderRow): Shares {
  return JSON.parse(shares) as Shares;
}

function fundOf(shares: Shares) {
  return shares.funds.reduce((total, fund) => total + fund.amountFen, 0);
}

function amounts(order: OrderRow) {
  const shares = sharesOf(order);
  return {
    feeSumamt: money(shares.totalFen),
    ownPayAmt: money(shares.cashFen),
    psnAcctPay: money(shares.accountFen),
    fundPay: money(fundOf(shares)),
  };
}

function setlTypeOf(shares: Shares): 'ALL' | 'CASH' | 'HI' {
  if (fundOf(shares) + shares.accountFen === 0) return 'CASH';
  return shares.cashFen === 0 ? 'HI' : 'ALL';
}

function revsTokenOf({ pay_ord_id }: OrderRow): string {
  return hash('sha256', `sandbox reversal ${pay_ord_id}`, 'hex').slice(0, 32);
}
