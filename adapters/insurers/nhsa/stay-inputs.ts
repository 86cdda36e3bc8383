import type { NhsaConfiguration } from '../../../schemas/insurer-configuration.ts';
import { chinaDate, chinaDateTime } from '../../../src/clock.ts';
import type { Diagnosis, Discharge, Handle, Stay, StayCharge } from '../../../src/settlement/port.ts';
import type { Decimals } from './envelope.ts';
import { circumstancesOfStay, isWanted, stayContent } from './extension.ts';
import { chargeFields } from './lines.ts';
import { certificates } from './people.ts';
import { visitedOf } from './visited.ts';

const WESTERN_DIAGNOSIS = '1';
const YES = '1';
const NO = '0';
const DIED = '5';

/** 2401 入院办理, which calls the document's type cert_type. */
export function admissionInput(stay: Stay, handle: Handle, configuration: NhsaConfiguration) {
  const { psn_no, insutype, insuplc_admdvs } = visitedOf(handle);
  const { psn_cert_type: cert_type, ...credential } = certificates(stay.identity);
  return {
    mdtrtinfo: {
      psn_no,
      insutype,
      ...credential,
      cert_type,
      ipt_no: stay.number,
      ...admissionFields(stay),
      insuplc_admdvs,
      mdtrtarea_admvs: configuration.mdtrtareaAdmvs,
      ...contentOf(stay, insuplc_admdvs, configuration),
    },
    diseinfo: diagnosisRows(stay, stay.diagnoses, stay.admittedAt, { psn_no }),
  };
}

/** 2403 住院信息变更. */
export function changeInput(stay: Stay, handle: Handle, configuration: NhsaConfiguration) {
  const { psn_no, mdtrt_id, insuplc_admdvs } = visitedOf(handle);
  const { mdtrt_cert_type } = certificates(stay.identity);
  return {
    adminfo: {
      mdtrt_id,
      psn_no,
      mdtrt_cert_type,
      ipt_otp_no: stay.number,
      ...admissionFields(stay),
      ...contentOf(stay, insuplc_admdvs, configuration),
    },
    diseinfo: diagnosisRows(stay, stay.diagnoses, stay.admittedAt, { mdtrt_id, psn_no }),
  };
}

/** 2402 出院办理. */
export function dischargeInput(stay: Stay, handle: Handle, discharge: Discharge) {
  const { psn_no, mdtrt_id, insutype } = visitedOf(handle);
  return {
    dscginfo: {
      mdtrt_id,
      psn_no,
      insutype,
      endtime: chinaDateTime(discharge.at),
      dscg_dept_codg: discharge.departmentCode,
      dscg_dept_name: discharge.departmentName,
      dscg_bed: discharge.bed ?? '',
      dscg_way: discharge.way,
      ...(discharge.way === DIED ? { die_date: chinaDate(discharge.at) } : {}),
    },
    diseinfo: diagnosisRows(stay, discharge.diagnoses, discharge.at, { mdtrt_id, psn_no }),
  };
}

/** 2301 住院费用明细上传. */
export function chargesInput(stay: Stay, handle: Handle, charges: readonly StayCharge[], decimals: Decimals) {
  const { psn_no, mdtrt_id } = visitedOf(handle);
  return {
    feedetail: charges.map((charge) => ({
      ...chargeFields(charge, charge.serial, charge.occurredAt, decimals),
      mdtrt_id,
      psn_no,
      med_type: stay.medType,
      bilg_dept_codg: stay.departmentCode,
      bilg_dept_name: stay.departmentName,
      bilg_dr_codg: stay.doctorCode,
      bilg_dr_name: stay.doctorName,
    })),
  };
}

/** 2302 住院费用明细撤销. One line is an object, several are a list: the edition leaves either open. */
export function withdrawalInput(handle: Handle, charges: readonly StayCharge[]) {
  const { psn_no, mdtrt_id } = visitedOf(handle);
  const rows = charges.map(({ serial }) => ({ feedetl_sn: serial, mdtrt_id, psn_no }));
  return { data: rows.length === 1 ? rows[0] : rows };
}

/** What 2401 and 2403 are told alike. */
function admissionFields(stay: Stay) {
  const [main] = stay.diagnoses;
  return {
    begntime: chinaDateTime(stay.admittedAt),
    med_type: stay.medType,
    atddr_no: stay.doctorCode,
    chfpdr_name: stay.doctorName,
    adm_diag_dscr: main?.name ?? '',
    adm_dept_codg: stay.departmentCode,
    adm_dept_name: stay.departmentName,
    adm_bed: stay.bed ?? '',
    dscg_maindiag_code: main?.code ?? '',
    dscg_maindiag_name: main?.name ?? '',
    main_cond_dscr: stay.condition ?? '',
  };
}

function contentOf(
  stay: Stay,
  insuredPlace: string,
  configuration: NhsaConfiguration,
): { exp_content?: string } {
  return isWanted(configuration, insuredPlace) ? { exp_content: stayContent(circumstancesOfStay(stay)) } : {};
}

/** The main diagnosis first. `ids` are the person's and the stay's numbers, as far as the transaction asks for them. */
function diagnosisRows(
  { departmentCode, doctorCode, doctorName }: Stay,
  diagnoses: readonly Diagnosis[],
  at: number,
  ids: Readonly<Record<string, string>>,
) {
  return diagnoses.map((diagnosis, index) => ({
    ...ids,
    diag_type: WESTERN_DIAGNOSIS,
    maindiag_flag: index === 0 ? YES : NO,
    diag_srt_no: String(index + 1),
    diag_code: diagnosis.code,
    diag_name: diagnosis.name,
    diag_dept: departmentCode,
    dise_dor_no: doctorCode,
    dise_dor_name: doctorName,
    diag_time: chinaDateTime(at),
  }));
}
