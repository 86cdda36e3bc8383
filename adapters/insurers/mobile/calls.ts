import type { MobileConfiguration } from '../../../schemas/insurer-configuration.ts';
import type { Bill, Quote, Settled } from '../../../src/settlement/port.ts';
import type { Call } from '../nhsa/call.ts';
import { type Decimals, textOf } from '../nhsa/envelope.ts';
import { askInput, type Ordered, orderedOf, payInput, refundInput } from './inputs.ts';
import { dataOf, meaningOf, type Order, orderOf } from './orders.ts';

/** 6202. Accepted only once all is paid: a patient who still types has not settled. */
export function paying(bill: Bill, quote: Quote, configuration: MobileConfiguration): Call {
  const ordered = orderedOf(quote.handle);
  return {
    infno: '6202',
    input: payInput(ordered, configuration),
    operator: bill.operator,
    refused: (output) => {
      const order = orderOf(output);
      const gone = !belongsElsewhere(order, ordered) && meaningOf(order) === 'gone';
      return gone ? stateOf(order) : undefined;
    },
    check: (output) => {
      const order = orderOf(output);
      return belongsElsewhere(order, ordered) ?? (meaningOf(order) === 'paid' ? undefined : stateOf(order));
    },
  };
}

/** 6301. `check` looks at the order for a reason why it can't be relied on. */
export function asking(
  bill: Bill,
  ordered: Ordered,
  { fixmedinsCode }: MobileConfiguration,
  check?: (order: Order) => string | undefined,
): Call {
  return {
    infno: '6301',
    input: askInput(bill, ordered, fixmedinsCode),
    operator: bill.operator,
    check: (output) => {
      const order = orderOf(output);
      return belongsElsewhere(order, ordered) ?? check?.(order);
    },
  };
}

/** 6401. */
export function revoking(bill: Bill, ordered: Ordered, { fixmedinsCode }: MobileConfiguration): Call {
  return {
    infno: '6401',
    input: askInput(bill, ordered, fixmedinsCode),
    operator: bill.operator,
    alreadySo: ['已撤销'],
    refused: (output) => (successOf(output) === 'false' ? 'success = false' : undefined),
    check: (output) => (successOf(output) === 'true' ? undefined : '应答没有说明结果 / no word of success'),
  };
}

/** 6203, under the token that authorises it. */
export function refunding(
  bill: Bill,
  settled: Settled,
  refund: { readonly ecToken: string; readonly at: number; readonly decimals: Decimals },
): Call {
  return {
    infno: '6203',
    input: refundInput(orderedOf(settled.handle), settled.split, refund),
    operator: bill.operator,
    refused: (output) => (refundStateOf(output) === 'FAIL' ? 'refStatus FAIL' : undefined),
    check: (output) =>
      refundStateOf(output) === 'SUCC' ? undefined : `refStatus ${refundStateOf(output).slice(0, 10)}`,
  };
}

/** SUCC, FAIL or EXP; an exception proves nothing. */
function refundStateOf(output: unknown): string {
  return textOf(dataOf(output).refStatus).trim().toUpperCase();
}

function successOf(output: unknown): string {
  return String(dataOf(output).success).toLowerCase();
}

function belongsElsewhere({ payOrdId }: Order, ordered: Ordered): string | undefined {
  return payOrdId === ordered.payOrdId
    ? undefined
    : '应答的 payOrdId 不属于这次请求 / payOrdId belongs to another request';
}

/** The state of an order, in words that hold nothing else of an answer. */
export function stateOf({ state }: Order): string {
  const shown = /^\d{1,3}$/.test(state) ? state : '?';
  return `移动支付订单状态 ${shown} / the order's ordStas is ${shown}`;
}
