import { hash } from 'node:crypto';
import { LosslessNumber, parse, stringify } from 'lossless-json';
import { chinaDateTime, chinaDigits } from '../../clock.ts';
import { isTokenOf } from '../codes/tray.ts';
import { Refusal } from './envelope.ts';
import { type Context, data, type Handler, personOf, type Row, rows, text } from './inputs.ts';
import type { PrescriptionRow } from './prescription-book.ts';

/** rxStasCodg and rxUsedStasCodg. */
const VALID = '1';
const UNDONE = '3';
const UNUSED = '1';
const STATE_NAMES: Readonly<Record<string, string>> = { [VALID]: '有效', [UNDONE]: '已撤销' };

/** The virtual prescription centre: a prescription is checked, signed, uploaded, asked about and undone. */
export const prescriptionHandlers: Readonly<Record<string, Handler>> = {
  '7101': check,

  '7102': (context) => {
    const { originalValue, originalRxFile } = data(context);
    const digest = hash('sm3', `${text(originalValue)}.${text(originalRxFile)}`, 'base64');
    context.book.prescriptions.sign(digest, text(originalRxFile));
    return {
      data: {
        rxFile: text(originalRxFile),
        signDigest: digest,
        signCertSn: 'SANDBOX-1',
        signCertDn: 'CN=sandbox',
      },
    };
  },

  '7103': (context) => {
    const { book } = context;
    const input = data(context);
    const row = prescriptionOf(context);
    if (row.trace_code !== text(input.rxTraceCode)) throw new Refusal('处方追溯码与预核验不符');
    if (book.prescriptions.signedFile(text(input.signDigest)) !== text(input.rxFile)) {
      throw new Refusal('处方签名验证失败');
    }
    if (row.state !== '') throw new Refusal('处方已上传');
    const { rxFile, ...uploaded } = input;
    book.prescriptions.change(row.hi_rxno, { state: VALID, uploaded: stringify(uploaded) ?? '{}' });
    return { data: stateOf({ ...row, state: VALID }) };
  },

  '7104': (context) => {
    const row = uploadedOf(context);
    if (row.state === UNDONE) throw new Refusal('处方已撤销');
    context.book.prescriptions.change(row.hi_rxno, { state: UNDONE, uploaded: row.uploaded });
    return { data: stateOf({ ...row, state: UNDONE }) };
  },

  '7105': (context) => {
    const row = uploadedOf(context);
    const { data: prescription, mdtrtinfo, rxdrugdetail, diseinfo } = partsOf(parse(row.checked) as Row);
    const uploaded = parse(row.uploaded ?? '{}') as Row;
    return {
      data: {
        reptFlag: '0',
        ...picked(prescription, PRESCRIPTION_FIELDS),
        ...stateOf(row),
        ...USED,
        fixmedinsCode: row.institution,
        fixmedinsName: text(mdtrtinfo.fixmedinsName),
      },
      rxDetlList: rxdrugdetail.map(({ extras, hospApprFlag, drugPric, drugSumamt, ...line }) => ({
        drugProdname: line.drugGenname,
        ...line,
      })),
      rxOtpinfo: {
        ...picked(mdtrtinfo, VISIT_FIELDS),
        iptOpNo: text(mdtrtinfo.iptOtpNo),
        insutype: '390',
        pharName: text(uploaded.pharName),
        pharChkTime: text(uploaded.pharChkTime),
      },
      rxDiseList: diseinfo.map((row) => ({ diagDeptCode: text(row.diagDept), ...row })),
    };
  },

  '7106': (context) => {
    const row = uploadedOf(context);
    const uploaded = parse(row.uploaded ?? '{}') as Row;
    return {
      data: {
        ...stateOf(row),
        pharName: text(uploaded.pharName),
        pharCode: text(uploaded.pharCode),
        rxChkStasCodg: '1',
        rxChkStasName: '审核通过',
        rxChkOpnn: '沙箱审核通过',
        rxChkTime: text(uploaded.pharChkTime),
      },
    };
  },

  '7107': (context) => {
    const row = uploadedOf(context);
    return { data: { ...stateOf(row), ...USED, setlTime: chinaDateTime(row.at) }, seltdelts: [] };
  },
};

const USED = { rxUsedStasCodg: UNUSED, rxUsedStasName: '未使用' };

const PRESCRIPTION_FIELDS = [
  'prscTime',
  'rxDrugCnt',
  'rxUsedWayCodg',
  'rxUsedWayName',
  'rxFrquCodg',
  'rxFrquName',
  'rxDosunt',
  'rxDoscnt',
  'rxDrordDscr',
  'valiDays',
  'valiEndTime',
  'reptFlag',
  'rxTypeCode',
  'longRxFlag',
  'bizTypeCode',
  'rxExraAttrCode',
];

const VISIT_FIELDS = [
  'medType',
  'otpIptFlag',
  'patnName',
  'patnAge',
  'gend',
  'algsHis',
  'prscDeptName',
  'prscDrName',
  'mdtrtTime',
  'diseCodg',
  'diseName',
  'spDiseFlag',
  'maindiagCode',
  'maindiagName',
  'diseCondDscr',
];

/** 7101. Answers the number and the trace code under which it may be uploaded. */
function check(context: Context): unknown {
  const { book, request, now } = context;
  const { data: prescription, mdtrtinfo, rxdrugdetail, diseinfo } = partsOf(request.input as Row);
  const person = personOf(context, text(mdtrtinfo.certno));
  if (person.psn_name !== text(mdtrtinfo.patnName)) throw new Refusal('姓名与证件号码不符');
  if (!isTokenOf(text(prescription.ecToken), person.certno)) throw new Refusal('电子凭证令牌无效');
  if (rxdrugdetail.length === 0) throw new Refusal('处方没有药品');
  if (diseinfo.length === 0) throw new Refusal('处方没有诊断');
  const number = String(book.nextNumber('prescription')).padStart(10, '0');
  const row: PrescriptionRow = {
    hi_rxno: `RX${chinaDigits(now).slice(0, 14)}${number}`,
    trace_code: `TR${number}`,
    hosp_rxno: text(prescription.hospRxno),
    institution: text(mdtrtinfo.fixmedinsCode),
    certno: person.certno,
    checked: stringify(request.input) ?? '{}',
    uploaded: null,
    state: '',
    at: now,
  };
  if (!book.prescriptions.add(row)) throw new Refusal('定点医药机构处方编号重复');
  return { data: { rxTraceCode: row.trace_code, hiRxno: row.hi_rxno } };
}

/** The nodes of a prescription, whether they stand beside `data` or in it, as they do inside the envelope. */
function partsOf(input: Row) {
  const prescription = rows(input, 'data')[0] ?? {};
  const all = { ...prescription, ...input };
  return {
    data: prescription,
    mdtrtinfo: rows(all, 'mdtrtinfo')[0] ?? {},
    rxdrugdetail: rows(all, 'rxdrugdetail'),
    diseinfo: rows(all, 'diseinfo'),
  };
}

function prescriptionOf(context: Context): PrescriptionRow {
  const row = context.book.prescriptions.prescription(text(data(context).hiRxno));
  if (!row || row.institution !== text(data(context).fixmedinsCode)) throw new Refusal('未查询到处方');
  return row;
}

function uploadedOf(context: Context): PrescriptionRow {
  const row = prescriptionOf(context);
  if (row.state === '') throw new Refusal('处方未上传');
  return row;
}

function stateOf({ hi_rxno, state }: PrescriptionRow) {
  return { hiRxno: hi_rxno, rxStasCodg: state, rxStasName: STATE_NAMES[state] ?? '' };
}

function picked(row: Row, fields: readonly string[]): Record<string, unknown> {
  const numbers = new Set(['patnAge', 'rxDrugCnt', 'valiDays', 'rxDoscnt']);
  return Object.fromEntries(
    fields
      .filter((field) => row[field] !== undefined)
      .map((field) => [field, numbers.has(field) ? new LosslessNumber(text(row[field]) || '0') : row[field]]),
  );
}
