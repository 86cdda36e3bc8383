import { chinaDateTime } from '../../../src/clock.ts';
import { type Fen, fenOf, yuanOf } from '../../../src/money.ts';
import type { Charge, Handle } from '../../../src/settlement/port.ts';
import { rowsOf } from './amounts.ts';
import { amountOf, type Decimals, isRecord, textOf } from './envelope.ts';

/** Lines of one 2204 or 2301. */
export const BATCH_LINES_MAX = 100;

/** What a line of 2101, 2204 and 2301 says of a charge, whatever it belongs to. */
export function chargeFields(charge: Charge, serial: string, occurredAt: number, decimals: Decimals) {
  return {
    feedetl_sn: serial,
    fee_ocur_time: chinaDateTime(occurredAt),
    med_list_codg: charge.nationalCode,
    medins_list_codg: charge.localCode,
    det_item_fee_sumamt: amountOf(decimals, charge.amountFen),
    cnt: decimals(charge.count),
    pric: decimals(charge.price),
  };
}

/** A line's serial where a batch numbers its own lines: the batch's with four more digits. */
export function serialOfLine(batch: string, index: number): string {
  return batch + String(index + 1).padStart(4, '0');
}

/** How the insurer divided charges: what a settlement wants to be told again. */
export interface LineSums {
  readonly fullOwnFen: Fen;
  readonly overLimitFen: Fen;
  readonly firstOwnFen: Fen;
  readonly inScopeFen: Fen;
}

export const NO_LINES: LineSums = { fullOwnFen: 0, overLimitFen: 0, firstOwnFen: 0, inScopeFen: 0 };

/** How one line of an answer was divided; `undefined` when one of its amounts can't be read. */
export function dividedRow(row: Record<string, unknown>): LineSums | undefined {
  const [fullOwn, overLimit, firstOwn, inScope] = [
    row.fulamt_ownpay_amt,
    row.overlmt_amt,
    row.preselfpay_amt,
    row.inscp_scp_amt,
  ].map((value) => fenOf(textOf(value)));
  if (!fullOwn?.ok || !overLimit?.ok || !firstOwn?.ok || !inScope?.ok) return undefined;
  return {
    fullOwnFen: fullOwn.value,
    overLimitFen: overLimit.value,
    firstOwnFen: firstOwn.value,
    inScopeFen: inScope.value,
  };
}

export function resultRows(output: unknown): Record<string, unknown>[] {
  return rowsOf(isRecord(output) ? output.result : undefined);
}

/** Adds an answer of 2204 to the sums; `undefined` when one of its amounts can't be read. */
export function addLines(sums: LineSums, output: unknown): LineSums | undefined {
  let total: LineSums | undefined = sums;
  for (const row of resultRows(output)) {
    const divided = dividedRow(row);
    if (!total || !divided) return undefined;
    total = {
      fullOwnFen: total.fullOwnFen + divided.fullOwnFen,
      overLimitFen: total.overLimitFen + divided.overLimitFen,
      firstOwnFen: total.firstOwnFen + divided.firstOwnFen,
      inScopeFen: total.inScopeFen + divided.inScopeFen,
    };
  }
  return total;
}

/** Why an answer of 2204 or 2301 doesn't fit the lines it answers. */
export function linesFault(output: unknown, charges: readonly Charge[]): string | undefined {
  const rows = resultRows(output);
  if (rows.length !== charges.length)
    return `金额不符 / amounts: ${rows.length} of ${charges.length} lines answered`;
  const sums = addLines(NO_LINES, output);
  if (!sums) return '金额不符 / amounts: a line cannot be read';
  const expected = charges.reduce((total, charge) => total + charge.amountFen, 0);
  const answered = sums.fullOwnFen + sums.overLimitFen + sums.firstOwnFen + sums.inScopeFen;
  return answered === expected ? undefined : '金额不符 / amounts: the lines do not add up to what was sent';
}

/** The sums as a quote's handle keeps them, under the names that 2207 and 2304 have for them. */
export function sumsHandle(sums: LineSums): Record<string, string> {
  return {
    fulamt_ownpay_amt: yuanOf(sums.fullOwnFen),
    overlmt_selfpay: yuanOf(sums.overLimitFen),
    preselfpay_amt: yuanOf(sums.firstOwnFen),
    inscp_scp_amt: yuanOf(sums.inScopeFen),
  };
}

/** The same on their way out. */
export function sumsFields(handle: Handle, decimals: Decimals) {
  const of = (key: string) => {
    const fen = fenOf(handle[key] ?? '');
    if (!fen.ok) throw new Error(`a quote's handle holds an unreadable ${key}`);
    return amountOf(decimals, fen.value);
  };
  return {
    fulamt_ownpay_amt: of('fulamt_ownpay_amt'),
    overlmt_selfpay: of('overlmt_selfpay'),
    preselfpay_amt: of('preselfpay_amt'),
    inscp_scp_amt: of('inscp_scp_amt'),
  };
}
