import { chinaDateTime } from '../../../src/clock.ts';
import type { Bill, Exchange, ExchangeRef, Quote, Settled } from '../../../src/settlement/port.ts';
import type { Call } from './call.ts';
import { accepted } from './flow.ts';
import { chargeFields, serialOfLine } from './lines.ts';
import { type Counter, invoiceOf, payerFields, reversingBy, type SettingFlow, whoOf } from './setting.ts';
import { settlementFault, trialFault } from './settled.ts';
import { readSplit } from './split.ts';
import { type Visited, visitedOf } from './visited.ts';

const NOT_CIRCULATED = '0';

/**
 * Drugs sold by a retail pharmacy (药店购药): 1101 and 2101 ask, 2102 settles and 2103 undoes. The lines travel with
 * each of them; there is no visit before it is settled.
 */
export class PharmacySale implements SettingFlow {
  readonly #counter: Counter;

  constructor(counter: Counter) {
    this.#counter = counter;
  }

  async quote(bill: Bill, exchange: Exchange): Promise<{ value: Quote; at: ExchangeRef }> {
    const { platform, integrity } = this.#counter;
    const visitor = await this.#counter.visitor(whoOf(bill), exchange);
    const visited: Visited = { ...visitor, mdtrt_id: '', chrg_bchno: await platform.serial() };
    const trial = await accepted(
      platform,
      {
        infno: '2101',
        input: { druginfo: this.#sale(bill, visited), drugdetail: this.#lines(bill, visited) },
        operator: bill.operator,
        insuredPlace: visited.insuplc_admdvs,
        insutype: visited.insutype,
        check: (output) => trialFault(output, bill, visited, integrity),
      },
      exchange,
    );
    return {
      value: { split: readSplit(trial.output, integrity).split, handle: { ...visited } },
      at: trial.at,
    };
  }

  settling(bill: Bill, quote: Quote): Call {
    const visited = visitedOf(quote.handle);
    return {
      infno: '2102',
      input: {
        druginfo: { ...this.#sale(bill, visited), invono: invoiceOf(bill) },
        drugdetail: this.#lines(bill, visited),
      },
      operator: bill.operator,
      insuredPlace: visited.insuplc_admdvs,
      insutype: visited.insutype,
      check: (output, ownId) => settlementFault(output, visited, ownId),
    };
  }

  reversing(bill: Bill, settled: Settled): Call {
    return reversingBy('2103', bill, settled);
  }

  #sale(bill: Bill, visited: Visited) {
    const { visit, diagnoses } = bill;
    const disease = visit.disease ?? diagnoses[0];
    const { psn_setlway: _, ...fields } = payerFields(bill, visited, this.#counter.decimals);
    return {
      ...fields,
      psn_type: visited.psn_type,
      psn_name: bill.identity.name,
      begntime: chinaDateTime(visit.startedAt),
      med_type: visit.medType,
      ...(disease && { dise_codg: disease.code, dise_name: disease.name }),
    };
  }

  #lines({ charges, visit }: Bill, { chrg_bchno }: Visited) {
    return charges.map((charge, index) => ({
      ...chargeFields(charge, serialOfLine(chrg_bchno, index), visit.startedAt, this.#counter.decimals),
      rx_circ_flag: NOT_CIRCULATED,
      bilg_dr_codg: visit.doctorCode,
      bilg_dr_name: visit.doctorName,
    }));
  }
}
