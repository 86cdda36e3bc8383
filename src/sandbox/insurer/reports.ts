import { parse, stringify } from 'lossless-json';
import { Refusal } from './envelope.ts';
import { byNumber, type Context, type Handler, node, type Row, rows, text } from './inputs.ts';
import type { ReportRow } from './report-book.ts';

/** Reports for mutual recognition: uploaded (4501, 4502), asked about (5401, 5402). */
export const reportHandlers: Readonly<Record<string, Handler>> = {
  '4501': (context) => upload(context, '4501', 'examinfo'),
  '4502': (context) => upload(context, '4502', 'labinfo'),

  '5401': (context) => {
    const person = byNumber(context, text(node(context.request.input, 'bilgiteminfo').psn_no));
    const held = context.book.reports.ofPerson(person.psn_no);
    return { bilgiteminfo: held.map((row) => ({ ...headOf(row), fixmedins_code: row.institution })) };
  },

  '5402': (context) => {
    const asked = node(context.request.input, 'rptdetailinfo');
    const row = context.book.reports.report(text(asked.fixmedins_code), text(asked.rpotc_no));
    if (!row || row.psn_no !== text(asked.psn_no)) throw new Refusal('未查询到报告');
    const input = parse(row.input);
    if (row.infno === '4501') {
      const { exe_org_name: _, ...report } = headOf(row);
      return { checkreportdetails: { ...report, bilgDrName: text(node(input, 'examinfo').bilg_dr_name) } };
    }
    const lab = node(input, 'labinfo');
    return {
      inspectionreportinformation: [
        {
          ...picked(lab, ['rpotc_no', 'exam_item_code', 'exam_item_name', 'rpt_date', 'rpot_doc']),
          psn_no: row.psn_no,
        },
      ],
      inspectiondetails: rows(input, 'iteminfo').map(({ exam_rslt_dicm, ...detail }) => ({
        ...detail,
        exam_rslt_qual: exam_rslt_dicm,
      })),
    };
  },
};

function upload(context: Context, infno: ReportRow['infno'], head: string): Row {
  const { book, request } = context;
  const info = node(request.input, head);
  const person = byNumber(context, text(info.psn_no));
  if (text(info.rpotc_no) === '') throw new Refusal('报告单号不能为空');
  book.reports.put({
    ...{ institution: request.institution, rpotc_no: text(info.rpotc_no), psn_no: person.psn_no, infno },
    name: text(info.exe_org_name) || text(info.exam_org_name),
    input: stringify(request.input) ?? '{}',
  });
  return {};
}

/** What 5401 and 5402 say alike of a report. */
function headOf(row: ReportRow): Row {
  const info = node(parse(row.input), row.infno === '4501' ? 'examinfo' : 'labinfo');
  const { exam_rpotc_name, exam_item_name } = info;
  return {
    psn_no: row.psn_no,
    rpotc_no: row.rpotc_no,
    ...picked(info, ['rpt_date', 'rpotc_type_code', 'exam_rslt_poit_flag', 'exam_rslt_abn', 'exam_ccls']),
    exam_rpotc_name: exam_rpotc_name ?? exam_item_name,
    exe_org_name: row.name,
  };
}

function picked(row: Row, fields: readonly string[]): Row {
  return Object.fromEntries(
    fields.filter((field) => row[field] !== undefined).map((field) => [field, row[field]]),
  );
}
