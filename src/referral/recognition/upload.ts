import type { Result } from '../../../schemas/recognition.ts';
import type { UploadResult } from '../../../schemas/result-upload.ts';
import { chinaDate } from '../../clock.ts';

/** A transaction that records a report at the insurer. */
export interface ReportUpload {
  readonly transaction: '4501' | '4502';
  readonly input: Readonly<Record<string, unknown>>;
}

const VALID = '1';
/** A whole number; 4502 takes no other as one, so that 6.1 goes as words. */
const WHOLE = /^-?\d{1,11}$/;

/** A result as 4501 临床检查报告记录 or 4502 临床检验报告记录 takes it. What nobody said is left out. */
export function uploadOf(result: Result, said: UploadResult, personNumber: string): ReportUpload {
  return result.category === 'examination'
    ? examination(result, said, personNumber)
    : laboratory(result, said, personNumber);
}

function examination(result: Result, said: UploadResult, psn_no: string): ReportUpload {
  const { code: exam_item_code, name: exam_item_name } = result;
  const performed = dayOf(result);
  const number = { rpotc_no: said.report };
  return {
    transaction: '4501',
    input: {
      examinfo: given({
        ...visitOf(said, psn_no),
        ...number,
        rpotc_type_code: said.reportClass,
        exam_rpotc_name: said.reportName,
        exam_date: performed,
        rpt_date: said.reportedOn ?? performed,
        ...{ exam_item_code, exam_item_name },
        exam_ccls: result.value,
        bilg_dr_name: said.doctor,
        exe_org_name: result.institution.name,
        vali_flag: VALID,
      }),
      iteminfo: [{ ...number, exam_item_code, exam_item_name }],
      sampleinfo: [],
      imageinfo: [],
    },
  };
}

function laboratory(result: Result, said: UploadResult, psn_no: string): ReportUpload {
  const { code: exam_item_code, name: exam_item_name, institution, value, unit, reference } = result;
  const number = { rpotc_no: said.report };
  const isWhole = value !== undefined && WHOLE.test(value);
  return {
    transaction: '4502',
    input: {
      labinfo: given({
        ...visitOf(said, psn_no),
        exam_org_code: said.institution ?? institution.code,
        exam_org_name: institution.name,
        ...number,
        ...{ exam_item_code, exam_item_name },
        rpt_date: said.reportedOn ?? dayOf(result),
        rpot_doc: said.doctor,
        vali_flag: VALID,
      }),
      iteminfo: [
        given({
          ...number,
          ref_val: reference,
          exam_unt: unit,
          exam_rslt_val: isWhole ? Number(value) : undefined,
          exam_rslt_dicm: isWhole ? undefined : value,
          exam_item_detl_code: exam_item_code,
          exam_item_detl_name: exam_item_name,
        }),
      ],
      sampleinfo: [],
    },
  };
}

function visitOf({ visitNumber, visitId }: UploadResult, psn_no: string) {
  return { mdtrt_sn: visitNumber, mdtrt_id: visitId, psn_no };
}

function dayOf({ performedAt }: Result): string {
  return chinaDate(Date.parse(performedAt));
}

function given(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
