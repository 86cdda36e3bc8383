import { Fault } from '../../../src/errors.ts';
import type { Filing, Insurance } from '../../../src/settlement/port.ts';
import { firstOf } from './amounts.ts';
import type { Call } from './call.ts';
import { isRecord, textOf } from './envelope.ts';

type Fields = Readonly<Record<string, string>>;

/** The transactions of each kind of filing. */
export const TRANSACTIONS = {
  transfer: { file: '2501', withdraw: '2502', list: '5304' },
  chronic: { file: '2503', withdraw: '2504', list: '5301' },
  designated: { file: '2505', withdraw: '2506', list: '5302' },
} as const;

export interface Person {
  readonly personNumber: string;
  readonly insurance: Insurance | undefined;
  /** Insurances between which the caller must choose. */
  readonly choices: readonly string[];
  readonly insuredPlace: string;
}

/** 2501, 2503 or 2505. */
export function callOf(filing: Filing, person: Person): Call {
  const { infno, input } = inputOf(filing, person);
  return { infno, input, operator: filing.operator, insuredPlace: person.insuredPlace, check: numberMissing };
}

function inputOf(filing: Filing, person: Person): Pick<Call, 'infno' | 'input'> {
  const infno = TRANSACTIONS[filing.kind].file;
  const common: Fields = {
    psn_no: person.personNumber,
    tel: filing.telephone ?? '',
    addr: filing.address ?? '',
    begndate: filing.from,
    enddate: filing.to ?? '',
  };
  switch (filing.kind) {
    case 'transfer': {
      const refmedin: Fields = {
        ...common,
        ...insured(chosen(person)),
        diag_code: filing.diagnosis.code,
        diag_name: filing.diagnosis.name,
        dise_cond_dscr: filing.condition ?? '',
        reflin_medins_no: filing.toCode,
        reflin_medins_name: filing.toName,
        mdtrtarea_admdvs: filing.toDivision,
        ...(filing.hospitalAgrees === undefined
          ? {}
          : { hosp_agre_refl_flag: filing.hospitalAgrees ? '1' : '0' }),
        refl_type: filing.reach,
        refl_date: filing.date,
        refl_rea: filing.reason,
        refl_opnn: filing.opinion,
      };
      return { infno, input: { refmedin } };
    }
    case 'chronic': {
      const data: Fields = {
        ...common,
        ...insured(chosen(person)),
        opsp_dise_code: filing.disease.code,
        opsp_dise_name: filing.disease.name,
        ide_fixmedins_no: filing.hospitalCode,
        ide_fixmedins_name: filing.hospitalName,
        hosp_ide_date: filing.identifiedOn,
        diag_dr_codg: filing.doctorCode,
        diag_dr_name: filing.doctorName,
      };
      return { infno, input: { data } };
    }
    case 'designated': {
      const data: Fields = {
        ...common,
        biz_appy_type: filing.business,
        fix_srt_no: String(filing.order),
        fixmedins_code: filing.institutionCode,
        fixmedins_name: filing.institutionName,
      };
      return { infno, input: { data } };
    }
  }
}

function insured({ insutype, insuredPlace }: Insurance): Fields {
  return { insutype, insu_optins: insuredPlace };
}

function chosen({ insurance, choices }: Person): Insurance {
  if (insurance) return insurance;
  if (choices.length === 0) throw new Fault('settlement.not-insured');
  const detail = `有多个险种,选择一个 / choose one of ${choices.join(', ')}`;
  throw new Fault('request.invalid', { pointer: '/insutype', detail });
}

/** The filing's number in an answer; empty where it has none. */
export function numberOf(output: unknown): string {
  return textOf(firstOf(isRecord(output) ? output.result : undefined).trt_dcla_detl_sn);
}

export function numberMissing(output: unknown): string | undefined {
  return numberOf(output) ? undefined : '应答中没有备案流水号 / the answer has no trt_dcla_detl_sn';
}

/** Where a filing holds what a field of a transaction is made from. */
const PLACES: Readonly<Record<string, string>> = {
  insutype: '/insutype',
  tel: '/telephone',
  addr: '/address',
  begndate: '/from',
  enddate: '/to',
  diag_code: '/diagnosis/code',
  diag_name: '/diagnosis/name',
  dise_cond_dscr: '/condition',
  reflin_medins_no: '/toCode',
  reflin_medins_name: '/toName',
  mdtrtarea_admdvs: '/toDivision',
  refl_type: '/reach',
  refl_date: '/date',
  refl_rea: '/reason',
  refl_opnn: '/opinion',
  opsp_dise_code: '/disease/code',
  opsp_dise_name: '/disease/name',
  ide_fixmedins_no: '/hospitalCode',
  ide_fixmedins_name: '/hospitalName',
  hosp_ide_date: '/identifiedOn',
  diag_dr_codg: '/doctorCode',
  diag_dr_name: '/doctorName',
  biz_appy_type: '/business',
  fix_srt_no: '/order',
  fixmedins_code: '/institutionCode',
  fixmedins_name: '/institutionName',
};

/** A filing that breaks the specification is the filing's fault, at the place it comes from. */
export function inFiling(error: unknown): never {
  if (!(error instanceof Fault) || error.code !== 'request.invalid') throw error;
  const field = error.context.pointer?.split('/')[3] ?? '';
  const pointer = Object.hasOwn(PLACES, field) ? PLACES[field] : undefined;
  throw pointer === undefined ? error : new Fault('request.invalid', { ...error.context, pointer });
}
