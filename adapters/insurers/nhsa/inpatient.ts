import { chinaDateTime } from '../../../src/clock.ts';
import type { Bill, Exchange, ExchangeRef, Quote, Settled } from '../../../src/settlement/port.ts';
import type { Call } from './call.ts';
import { accepted } from './flow.ts';
import { sumsFields, sumsHandle } from './lines.ts';
import { type Counter, invoiceOf, payerFields, reversingBy, type SettingFlow } from './setting.ts';
import { settlementFault, trialFault } from './settled.ts';
import { readSplit } from './split.ts';
import { type Visited, visitedOf } from './visited.ts';

const AT_ITS_END = '0';
const MIDWAY = '1';

/**
 * A stay (住院), whose charges have been uploaded to it: 2303 asks, 2304 settles and 2305 undoes, at its end or, with
 * mid_setl_flag, up to a day within it. The platform settles every line that no settlement has taken.
 */
export class InpatientStay implements SettingFlow {
  readonly #counter: Counter;

  constructor(counter: Counter) {
    this.#counter = counter;
  }

  async quote(bill: Bill, exchange: Exchange): Promise<{ value: Quote; at: ExchangeRef }> {
    const { platform, integrity } = this.#counter;
    const visited = stayOf(bill);
    const trial = await accepted(
      platform,
      {
        infno: '2303',
        input: { data: this.#fields(bill, visited) },
        operator: bill.operator,
        insuredPlace: visited.insuplc_admdvs,
        insutype: visited.insutype,
        check: (output) => trialFault(output, bill, visited, integrity),
      },
      exchange,
    );
    const { split } = readSplit(trial.output, integrity);
    return { value: { split, handle: { ...visited, ...sumsHandle(split) } }, at: trial.at };
  }

  settling(bill: Bill, quote: Quote): Call {
    const visited = visitedOf(quote.handle);
    const data = {
      ...this.#fields(bill, visited),
      invono: invoiceOf(bill),
      ...sumsFields(quote.handle, this.#counter.decimals),
    };
    return {
      infno: '2304',
      input: { data },
      operator: bill.operator,
      insuredPlace: visited.insuplc_admdvs,
      insutype: visited.insutype,
      check: (output, ownId) => settlementFault(output, visited, ownId),
    };
  }

  reversing(bill: Bill, settled: Settled): Call {
    return reversingBy('2305', bill, settled);
  }

  #fields(bill: Bill, visited: Visited) {
    const { decimals, configuration } = this.#counter;
    return {
      ...payerFields(bill, visited, decimals),
      psn_type: visited.psn_type,
      psn_name: bill.identity.name,
      mdtrt_id: visited.mdtrt_id,
      mid_setl_flag: bill.setting === 'mid-stay' ? MIDWAY : AT_ITS_END,
      dscgTime: chinaDateTime(bill.stay!.endedAt),
      insuplc_admdvs: visited.insuplc_admdvs,
      mdtrtarea_admvs: configuration.mdtrtareaAdmvs,
    };
  }
}

function stayOf({ stay, settlementId }: Bill): Visited {
  if (!stay) throw new Error(`settlement ${settlementId} has no stay`);
  return visitedOf(stay.handle);
}
