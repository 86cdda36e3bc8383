import { chinaDateTime } from '../../../src/clock.ts';
import type { Bill, Diagnosis, Exchange, ExchangeRef, Quote, Settled } from '../../../src/settlement/port.ts';
import { firstOf } from './amounts.ts';
import type { Call } from './call.ts';
import { isRecord, textOf } from './envelope.ts';
import { circumstancesOf, isWanted, visitContent } from './extension.ts';
import { type AcceptedDone, accepted, type Step } from './flow.ts';
import {
  addLines,
  BATCH_LINES_MAX,
  chargeFields,
  type LineSums,
  linesFault,
  NO_LINES,
  serialOfLine,
  sumsFields,
  sumsHandle,
} from './lines.ts';
import { certificates } from './people.ts';
import { type Counter, invoiceOf, payerFields, reversingBy, type SettingFlow, whoOf } from './setting.ts';
import { settlementFault, trialFault } from './settled.ts';
import { readSplit } from './split.ts';
import { type Visited, type Visitor, visitedOf } from './visited.ts';

/** In what the visits at a desk differ. */
export interface VisitKind {
  /** Faults what can't be this kind of visit. */
  check(bill: Bill): void;
  /** Whether diagnoses are uploaded (2203). */
  readonly hasDiagnoses: boolean;
  /** The disease that the visit is for. */
  diseaseOf(bill: Bill): Diagnosis | undefined;
  /** Whether each charge names the disease, too. */
  readonly namesDiseaseOnCharges: boolean;
}

/** An ordinary visit: the first diagnosis stands for its disease. */
export const ordinaryVisit: VisitKind = {
  check: () => undefined,
  hasDiagnoses: true,
  diseaseOf: ({ visit, diagnoses }) => visit.disease ?? diagnoses[0],
  namesDiseaseOnCharges: false,
};

type Ask = (step: Step) => Promise<AcceptedDone>;

/**
 * A visit at the desk: 1101, 2001, 2201, 2203, 2204 in batches, 2206; then 2207, and 2208 to reverse it. A new visit
 * for each quote, so that nothing uploaded counts twice.
 */
export class DeskVisit implements SettingFlow {
  readonly #counter: Counter;
  readonly #kind: VisitKind;

  constructor(counter: Counter, kind: VisitKind) {
    this.#counter = counter;
    this.#kind = kind;
  }

  async quote(bill: Bill, exchange: Exchange): Promise<{ value: Quote; at: ExchangeRef }> {
    const { platform, configuration, integrity } = this.#counter;
    this.#kind.check(bill);
    const visitor = await this.#counter.visitor(whoOf(bill), exchange);
    const ask: Ask = (step) =>
      accepted(
        platform,
        {
          ...step,
          operator: bill.operator,
          insuredPlace: visitor.insuplc_admdvs,
          insutype: visitor.insutype,
        },
        exchange,
      );
    await ask({
      infno: '2001',
      input: benefitInput(bill.visit.medType, bill.visit.startedAt, visitor, configuration.fixmedinsCode),
    });
    const registered = await ask({
      infno: '2201',
      input: registrationInput(bill, visitor),
      check: (output) =>
        visitNumberOf(output) ? undefined : '应答中没有就诊ID / the answer has no mdtrt_id',
    });
    const visited: Visited = {
      ...visitor,
      mdtrt_id: visitNumberOf(registered.output),
      chrg_bchno: await platform.serial(),
    };
    if (this.#kind.hasDiagnoses) await ask({ infno: '2203', input: this.#diagnoses(bill, visited) });
    const sums = await this.#upload(bill, visited, ask);
    const trial = await ask({
      infno: '2206',
      input: this.#trial(bill, visited),
      check: (output) => trialFault(output, bill, visited, integrity),
    });
    const { split } = readSplit(trial.output, integrity);
    return { value: { split, handle: { ...visited, ...sumsHandle(sums) } }, at: trial.at };
  }

  settling(bill: Bill, quote: Quote): Call {
    const visited = visitedOf(quote.handle);
    const data = {
      ...this.#settlementFields(bill, visited),
      invono: invoiceOf(bill),
      ...sumsFields(quote.handle, this.#counter.decimals),
    };
    return {
      infno: '2207',
      input: { data },
      operator: bill.operator,
      insuredPlace: visited.insuplc_admdvs,
      insutype: visited.insutype,
      check: (output, ownId) => settlementFault(output, visited, ownId),
    };
  }

  reversing(bill: Bill, settled: Settled): Call {
    return reversingBy('2208', bill, settled);
  }

  async #upload(bill: Bill, visited: Visited, ask: Ask): Promise<LineSums> {
    let sums = NO_LINES;
    for (let first = 0; first < bill.charges.length; first += BATCH_LINES_MAX) {
      const charges = bill.charges.slice(first, first + BATCH_LINES_MAX);
      const uploaded = await ask({
        infno: '2204',
        input: { feedetail: charges.map((_, index) => this.#line(bill, visited, first + index)) },
        firstLine: first,
        check: (output) => linesFault(output, charges),
      });
      sums = addLines(sums, uploaded.output) ?? sums;
    }
    return sums;
  }

  /** 2203 门诊就诊信息上传. */
  #diagnoses(bill: Bill, visited: Visited) {
    const { visit, diagnoses } = bill;
    const begntime = chinaDateTime(visit.startedAt);
    const disease = this.#kind.diseaseOf(bill);
    return {
      mdtrtinfo: {
        mdtrt_id: visited.mdtrt_id,
        psn_no: visited.psn_no,
        med_type: visit.medType,
        begntime,
        main_cond_dscr: '',
        dise_codg: disease?.code ?? '',
        dise_name: disease?.name ?? '',
        ...this.#content(bill, visited),
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

  /** A line of 2204 门诊费用明细信息上传. */
  #line(bill: Bill, visited: Visited, index: number) {
    const { visit } = bill;
    const disease = this.#kind.namesDiseaseOnCharges ? this.#kind.diseaseOf(bill) : undefined;
    const serial = serialOfLine(visited.chrg_bchno, index);
    return {
      ...chargeFields(bill.charges[index]!, serial, visit.startedAt, this.#counter.decimals),
      mdtrt_id: visited.mdtrt_id,
      psn_no: visited.psn_no,
      chrg_bchno: visited.chrg_bchno,
      ...(disease && { dise_codg: disease.code }),
      rx_circ_flag: NOT_CIRCULATED,
      bilg_dept_codg: visit.departmentCode,
      bilg_dept_name: visit.departmentName,
      bilg_dr_codg: visit.doctorCode,
      bilg_dr_name: visit.doctorName,
      hosp_appr_flag: NO_APPROVAL_NEEDED,
    };
  }

  /** 2206 门诊预结算; with `psn_type` and `psn_name`, which 2207 does not take. */
  #trial(bill: Bill, visited: Visited) {
    const fields = this.#settlementFields(bill, visited);
    return { data: { ...fields, psn_type: visited.psn_type, psn_name: bill.identity.name } };
  }

  #settlementFields(bill: Bill, visited: Visited) {
    return {
      ...payerFields(bill, visited, this.#counter.decimals),
      med_type: bill.visit.medType,
      mdtrt_id: visited.mdtrt_id,
      chrg_bchno: visited.chrg_bchno,
      ...this.#content(bill, visited),
    };
  }

  #content(bill: Bill, { insuplc_admdvs }: Visited): { exp_content?: string } {
    return isWanted(this.#counter.configuration, insuplc_admdvs)
      ? { exp_content: visitContent(circumstancesOf(bill)) }
      : {};
  }
}

/** 2001 人员待遇享受检查. */
export function benefitInput(medType: string, at: number, visitor: Visitor, fixmedinsCode: string) {
  return {
    data: {
      psn_no: visitor.psn_no,
      insutype: visitor.insutype,
      fixmedins_code: fixmedinsCode,
      med_type: medType,
      begntime: chinaDateTime(at),
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
const NOT_CIRCULATED = '0';
const NO_APPROVAL_NEEDED = '0';
