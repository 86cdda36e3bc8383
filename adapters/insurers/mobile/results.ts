import type { Bill, Reversed, Settled } from '../../../src/settlement/port.ts';
import { textOf } from '../nhsa/envelope.ts';
import { chinaTimeOf } from '../nhsa/settled.ts';
import { handleOf, type Ordered, orderedOf, refundNumberOf } from './inputs.ts';
import { type Covers, dataOf, type Order, orderFaults, splitOf } from './orders.ts';

/** What a paid order settled. Amounts that don't add up are faults of it, not a reason to doubt that it was paid. */
export function settledOf(
  order: Order,
  bill: Bill,
  ordered: Ordered,
  { covers, paidAt }: { readonly covers: Covers; readonly paidAt: number },
): Settled {
  const faults = orderFaults(order, bill, covers);
  return {
    split: splitOf(order),
    number: order.payOrdId,
    settledAt: paidAt,
    handle: handleOf(ordered),
    ...(faults.length > 0 ? { faults } : {}),
  };
}

/** What a refund (6203) came to. */
export function reversedOf(output: unknown, { handle }: Settled, now: number): Reversed {
  const { hiTrnsDate, hiTrnsTime, refdSn } = dataOf(output);
  return {
    number: textOf(refdSn) || refundNumberOf(orderedOf(handle)),
    reversedAt: digitsTimeOf(`${textOf(hiTrnsDate)}${textOf(hiTrnsTime)}`) ?? now,
  };
}

/** When an order was paid (traceTime), where 6301 says so in one of the forms in use. */
export function paidAtOf(output: unknown): number | undefined {
  const text = textOf(dataOf(output).traceTime);
  return chinaTimeOf(text) ?? digitsTimeOf(text);
}

/** Epoch ms of yyyyMMddHHmmss on China's clock. */
function digitsTimeOf(digits: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)/.exec(digits);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second] = match;
  return chinaTimeOf(`${year}-${month}-${day} ${hour}:${minute}:${second}`);
}
