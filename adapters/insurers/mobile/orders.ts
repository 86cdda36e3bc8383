import { type Fen, fenOf } from '../../../src/money.ts';
import type { Bill, Split } from '../../../src/settlement/port.ts';
import { firstOf } from '../nhsa/amounts.ts';
import { isRecord, textOf } from '../nhsa/envelope.ts';

/** An order of the mobile-pay centre, as 6202 and 6301 answer it. */
export interface Order {
  readonly payOrdId: string;
  readonly state: string;
  readonly totalFen: Fen;
  /** Paid by the patient on the telephone. */
  readonly ownFen: Fen;
  readonly accountFen: Fen;
  readonly fundFen: Fen;
  /** Amounts that are missing or none. */
  readonly unreadable: readonly string[];
  /** Authorises a reversal within the hour (6301 only). */
  readonly revsToken: string;
}

export function orderOf(output: unknown): Order {
  const data = dataOf(output);
  const unreadable: string[] = [];
  const amount = (field: string): Fen => {
    const text = textOf(data[field]).trim();
    const fen = fenOf(text);
    if (text !== '' && fen.ok && fen.value >= 0) return fen.value;
    unreadable.push(field);
    return 0;
  };
  return {
    payOrdId: textOf(data.payOrdId),
    state: textOf(data.ordStas).trim(),
    totalFen: amount('feeSumamt'),
    ownFen: amount('ownPayAmt'),
    accountFen: amount('psnAcctPay'),
    fundFen: amount('fundPay'),
    unreadable,
    revsToken: textOf(data.revsToken),
  };
}

export function dataOf(output: unknown): Record<string, unknown> {
  return firstOf(isRecord(output) ? output.data : undefined);
}

/**
 * What the state of an order says of its money:
 *
 * - `unpaid`: nobody has paid yet, but somebody may.
 * - `partly`: one of the two parts is paid and the other is not.
 * - `paid`: all of it is paid.
 * - `gone`: it was never paid and never will be.
 * - `refunded`: all that was paid has been paid back.
 * - `unclear`: anything else, which only a person can find out.
 */
export type Meaning = 'unpaid' | 'partly' | 'paid' | 'gone' | 'refunded' | 'unclear';

/**
 * The meaning of ordStas (接口规范 code table 订单状态). Which part is paid, the insurance's or the patient's, is all
 * there is where the other part is 0.00; without readable amounts nothing is concluded from it.
 */
export function meaningOf(order: Order): Meaning {
  const known = order.unreadable.length === 0;
  const onlyOwn = known && order.fundFen === 0 && order.accountFen === 0;
  const onlyInsurance = known && order.ownFen === 0;
  switch (order.state) {
    // 已保存, 预结算完成, 结算中
    case '0':
    case '1':
    case '2':
      return 'unpaid';
    // 自费完成
    case '3':
      return onlyOwn ? 'paid' : 'partly';
    // 医保支付完成, 院内结算完成
    case '4':
    case '5':
      return onlyInsurance ? 'paid' : 'partly';
    // 结算完成
    case '6':
      return 'paid';
    // 已退款
    case '7':
      return 'refunded';
    // 已医保全部退款
    case '8':
      return onlyInsurance ? 'refunded' : 'unclear';
    // 仅自费全部退款
    case '9':
      return onlyOwn ? 'refunded' : 'unclear';
    // 已撤销, 结算失败
    case '12':
    case '15':
      return 'gone';
    // 仅自费部分退款, 医保全部退自费部分退款, 医保已撤销, 异常, 医保结算失败自费冲正失败, and what the table lacks
    default:
      return 'unclear';
  }
}

/** Whether mobile pay takes what is left to the patient, or the whole bill with the insurance's part. */
export type Covers = 'cash' | 'all';

/** The rules that the amounts of an order break, each by its name. */
export function orderFaults(order: Order, bill: Bill, covers: Covers): string[] {
  const sum = order.ownFen + order.accountFen + order.fundFen;
  return [
    ...(order.unreadable.length > 0 ? ['readable'] : []),
    ...(sum === order.totalFen ? [] : ['sum']),
    ...(order.totalFen === bill.leftFen ? [] : ['bill']),
    // The insurance has had its turn: nothing of what is left may come out of it once more.
    ...(covers === 'cash' && order.accountFen + order.fundFen !== 0 ? ['cash-only'] : []),
  ];
}

/** Who pays what of an order. The patient pays all of the own part by telephone, so nothing is left in cash. */
export function splitOf(order: Pick<Order, 'totalFen' | 'ownFen' | 'accountFen' | 'fundFen'>): Split {
  const { totalFen, ownFen, accountFen, fundFen } = order;
  return {
    totalFen,
    funds: fundFen === 0 ? [] : [{ fund: 'other', code: 'fundPay', amountFen: fundFen }],
    fundFen,
    accountFen,
    paidFen: ownFen,
    cashFen: 0,
    hospitalFen: 0,
    fullOwnFen: 0,
    overLimitFen: 0,
    firstOwnFen: 0,
    inScopeFen: 0,
    deductibleFen: 0,
  };
}
