import { chinaDateTime } from '../../clock.ts';
import { ageOn, dayOf, personFacts } from './person.ts';
import { type CaseRecord, completedAt, sentAt } from './record.ts';
import type { UploadCodes } from './upload-codes.ts';

/**
 * The columns of a city platform's table 转诊记录表 treatment_referral: name, what it means, longest text, required. A
 * record is known by jgdm and zzjlid; one that is cancelled is sent again with cxbz set.
 */
export const UPLOAD_COLUMNS = [
  ['jgdm', '机构标识', 30, true],
  ['fwwddm', '服务网点代码', 30, true],
  ['zzjlid', '转诊记录ID', 30, true],
  ['kh', '卡号', 30, true],
  ['klx', '卡类型', null, true],
  ['mzh', '门诊号', 20, true],
  ['xm', '患者姓名', 50, true],
  ['xbdm', '性别代码', 1, true],
  ['csrq', '出生日期', null, true],
  ['nls', '年龄岁', null, true],
  ['nly', '年龄月', null, false],
  ['jzrqsj', '就诊日期时间', null, true],
  ['fzysgh', '负责医生工号', null, false],
  ['fzysxm', '负责医生姓名', null, false],
  ['fzksbm', '负责科室编码', 10, true],
  ['fzksmc', '负责科室名称', 50, true],
  ['zzyy', '转诊原因', 100, false],
  ['zzsj', '转诊日期时间', null, true],
  ['zxjgdm', '转向医疗机构代码', 30, true],
  ['zxjgmc', '转向医疗机构名称', 70, true],
  ['zxksbm', '转向科室编码', 8, false],
  ['zxksmc', '转向科室名称', 32, false],
  ['zxysgh', '转向医生工号', null, false],
  ['zxysxm', '转向医生姓名', null, false],
  ['zyjws', '主要既往史', 100, false],
  ['zljg', '治疗经过', 100, false],
  ['xybzlfa', '下一步治疗方案及康复建议', 100, false],
  ['zzbz', '转诊标志', 2, true],
  ['sjscsj', '数据生成日期时间', null, true],
  ['tbrqsj', '填报日期', null, true],
  ['cxbz', '撤销标志', 1, true],
  ['mj', '密级', 2, false],
] as const;

export type UploadColumn = (typeof UPLOAD_COLUMNS)[number][0];
type UploadRow = Readonly<Record<UploadColumn, string>>;

export interface Upload {
  readonly row: UploadRow;
  /** Required columns that nobody filled, and those whose text had to be cut: for a person to see to. */
  readonly missing: readonly UploadColumn[];
  readonly cut: readonly UploadColumn[];
}

/** Came to nothing: the record is withdrawn. */
const WITHDRAWN: ReadonlySet<string> = new Set(['cancelled', 'declined']);

/** The record of what this end did: it sent the patient, or, having completed the referral, sent them back. */
export function uploadOf(record: CaseRecord, now: number, codes: UploadCodes): Upload | undefined {
  const { referral, from, to } = record;
  const back = referral.role === 'recipient';
  const { outcome, appointment, form, department } = referral;
  const at = back ? completedAt(record) : sentAt(record);
  if (at === undefined || (back && !outcome)) return undefined;
  const [own, other] = back ? [to, from] : [from, to];
  const doctor = back && outcome ? outcome.doctor : form.doctor;
  const { identity } = referral.patient;
  const { birthDate, sex } = personFacts(identity);
  const age = birthDate === undefined ? undefined : ageOn(birthDate, dayOf(at));
  const responsible = back ? department : codes.department;
  const full: Record<UploadColumn, string | undefined> = {
    jgdm: own.code,
    fwwddm: own.code,
    zzjlid: shortId(referral.id),
    kh: identity.cardNumber ?? identity.documentNumber,
    klx: cardType(identity, codes),
    mzh: undefined,
    xm: identity.name,
    xbdm: sex.code,
    csrq: birthDate,
    nls: age && String(age.years),
    nly: age && String(age.months),
    jzrqsj: chinaDateTime(Date.parse(sentAt(record))),
    fzysgh: doctor.number,
    fzysxm: doctor.name,
    fzksbm: responsible.code ?? codes.department.code,
    fzksmc: responsible.name,
    zzyy: back ? outcome?.diagnosis : form.presentIllness,
    zzsj: chinaDateTime(Date.parse(at)),
    zxjgdm: other.code,
    zxjgmc: other.name,
    zxksbm: back ? undefined : (appointment?.department.code ?? department.code),
    zxksmc: back ? undefined : (appointment?.department.name ?? department.name),
    zxysgh: back ? form.doctor.number : undefined,
    zxysxm: back ? form.doctor.name : appointment?.doctor,
    zyjws: form.pastHistory,
    zljg: back ? outcome?.treatment : form.treatment,
    xybzlfa: back ? joined([outcome?.nextPlan, outcome?.rehabilitation]) : undefined,
    zzbz: (back ? codes.flags.values.back : codes.flags.values.out).code,
    sjscsj: chinaDateTime(Date.parse(referral.updatedAt)),
    tbrqsj: chinaDateTime(now),
    cxbz: codes.cancelled.values[WITHDRAWN.has(referral.state) ? 'yes' : 'no'].code,
    mj: undefined,
  };
  return fitted(full);
}

function fitted(full: Record<UploadColumn, string | undefined>): Upload {
  const missing: UploadColumn[] = [];
  const cut: UploadColumn[] = [];
  const entries = UPLOAD_COLUMNS.map(([column, , lengthMax, required]) => {
    const text = (full[column] ?? '').trim();
    if (required && text === '') missing.push(column);
    const characters = [...text];
    if (lengthMax === null || characters.length <= lengthMax) return [column, text] as const;
    cut.push(column);
    return [column, characters.slice(0, lengthMax).join('')] as const;
  });
  return { row: Object.fromEntries(entries) as UploadRow, missing, cut };
}

function cardType(
  { cardNumber, documentType }: CaseRecord['referral']['patient']['identity'],
  { cardTypes }: UploadCodes,
): string {
  const kind = cardNumber === undefined ? (documentType === 'resident-id' ? 'citizen' : 'other') : 'card';
  return cardTypes.values[kind].code;
}

function joined(texts: readonly (string | undefined)[]): string {
  return texts.filter((text) => text !== undefined).join('\n');
}

/** A UUID is longer than the column; without its hyphens, in base 36, it takes 25 characters. */
function shortId(id: string): string {
  const digits = id.replaceAll('-', '');
  if (!/^[0-9a-f]{32}$/.test(digits)) return id;
  return BigInt(`0x${digits}`).toString(36).padStart(25, '0');
}

/** One line of CSV (RFC 4180). What a spreadsheet would take for a formula is kept from being one. */
export function csvLine(values: readonly string[]): string {
  return `${values.map(csvField).join(',')}\r\n`;
}

function csvField(value: string): string {
  const text = /^[=+@\t\r-]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
