import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { extractText, getDocumentProxy } from 'unpdf';
import type { OutgoingForm, ReturnForm } from '../../../../schemas/referral-form.ts';
import { SAMPLE_NAME, SAMPLE_NUMBER } from '../../../helper.ts';

const require = createRequire(import.meta.url);
export const FONT_FILE = join(
  require.resolve('@expo-google-fonts/noto-serif-sc/package.json'),
  '../400Regular/NotoSerifSC_400Regular.ttf',
);
export const font = () => ({ data: readFileSync(FONT_FILE) });

/** The text of a PDF, page by page, as somebody else's reader finds it; spaces count for nothing. */
export async function textOf(pdf: Uint8Array): Promise<string[]> {
  const { text } = await extractText(await getDocumentProxy(new Uint8Array(pdf)), { mergePages: false });
  return text.map((page) => page.replaceAll(/\s+/g, ''));
}

const patient = {
  name: SAMPLE_NAME,
  sex: { code: '1', name: '男性', table: 'GB/T 2261.1-2003' },
  age: { years: 45, months: 2, text: '45岁' },
  document: { type: { code: '01', name: '居民身份证', table: 'CV02.01.101' }, number: SAMPLE_NUMBER },
};
const stubPatient = {
  ...patient,
  ...{ recordNumber: 'DA-001', address: '某县某镇前进村 1 号', phone: '13800000000' },
};
const clinic = { code: 'CLINIC0001', name: '前进村卫生室' };
const hospital = { code: 'HOSPITAL01', name: '示范县人民医院' };

export const outgoing: OutgoingForm = {
  ...{ form: 'outgoing', number: '01a21317-b756-773f-b857-8a16be3cd792', title: '双向转诊(转出)单' },
  stub: {
    ...{ patient: stubPatient, date: '2026-03-02', organisation: hospital, department: '心血管内科' },
    ...{ receivingDoctor: '赵医生', doctor: '李医生', signedOn: '2026-03-02' },
  },
  letter: {
    ...{ to: hospital, patient, impression: '高血压待查', presentIllness: '反复头晕三个月' },
    ...{ pastHistory: '无特殊', treatment: '口服降压药', doctor: { name: '李医生', phone: '0000-1234567' } },
    ...{ organisation: clinic, date: '2026-03-02' },
  },
  local: { allergies: '青霉素', cardNumber: 'A00000001', instructions: '空腹,到院后仍需挂号' },
};

export const back: ReturnForm = {
  ...{ form: 'return', number: outgoing.number, title: '双向转诊(回转)单' },
  stub: {
    ...{ patient: stubPatient, inpatientNumber: 'ZY0001', date: '2026-03-09', organisation: clinic },
    ...{ receivingDoctor: '李医生', doctor: '王医生', signedOn: '2026-03-09' },
  },
  letter: {
    ...{ to: clinic, patient, diagnosis: '原发性高血压', inpatientNumber: 'ZY0001' },
    ...{
      findings: '心电图未见异常',
      treatment: '氨氯地平',
      nextPlan: '回基层随访',
      rehabilitation: '低盐饮食',
    },
    ...{ doctor: { name: '王医生' }, organisation: hospital, date: '2026-03-09' },
  },
};
