import { isLosslessNumber } from 'lossless-json';
import type { HeldReport, HeldReports } from '../../../schemas/held-result.ts';

type Row = Readonly<Record<string, unknown>>;

/** The output of 5401. Rows without a report's number cannot be asked for, and are left out. */
export function heldReportsOf(insurer: string, output: unknown): HeldReports {
  const items = rows(output, 'bilgiteminfo').flatMap((row) => {
    const report = reportOf(row);
    if (!report) return [];
    return [{ ...report, institution: texts(row, { code: 'fixmedins_code', name: 'exe_org_name' }) }];
  });
  return { insurer, items };
}

/** The output of 5402: an examination's report, or a laboratory's with its values. */
export function heldReportOf(insurer: string, number: string, output: unknown): HeldReport {
  const [examination = {}] = rows(output, 'checkreportdetails');
  const laboratory = rows(output, 'inspectionreportinformation');
  const [first = {}] = laboratory;
  return {
    insurer,
    ...texts(first, { date: 'rpt_date', doctor: 'rpot_doc' }),
    ...texts(examination, { doctor: 'bilgDrName' }),
    ...texts(examination, REPORT),
    number,
    items: laboratory.map((row) => texts(row, { code: 'exam_item_code', name: 'exam_item_name' })),
    values: rows(output, 'inspectiondetails').map((row) => texts(row, VALUE)),
  };
}

const REPORT = {
  name: 'exam_rpotc_name',
  category: 'rpotc_type_code',
  date: 'rpt_date',
  positive: 'exam_rslt_poit_flag',
  abnormal: 'exam_rslt_abn',
  conclusion: 'exam_ccls',
} as const;

const VALUE = {
  code: 'exam_item_detl_code',
  name: 'exam_item_detl_name',
  method: 'exam_mtd',
  value: 'exam_rslt_val',
  words: 'exam_rslt_qual',
  unit: 'exam_unt',
  reference: 'ref_val',
  abnormal: 'exam_rslt_abn',
} as const;

function reportOf(row: Row) {
  const number = textOf(row.rpotc_no);
  return number === undefined ? undefined : { number, ...texts(row, REPORT) };
}

/** The members that the row has a text for. */
function texts<K extends string>(row: Row, fields: Readonly<Record<K, string>>): { [N in K]?: string } {
  const found = Object.entries<string>(fields).flatMap(([name, field]) => {
    const text = textOf(row[field]);
    return text === undefined ? [] : [[name, text]];
  });
  return Object.fromEntries(found) as { [N in K]?: string };
}

/** Numbers keep the digits they came with. */
function textOf(value: unknown): string | undefined {
  if (isLosslessNumber(value)) return value.value;
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/** Platforms write a list of one as the one. */
function rows(output: unknown, node: string): Row[] {
  const value = (output as Row | null | undefined)?.[node];
  return (Array.isArray(value) ? value : [value]).filter(
    (row): row is Row => typeof row === 'object' && row !== null,
  );
}
