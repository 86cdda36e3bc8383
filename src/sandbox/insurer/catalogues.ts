import { strToU8, zipSync } from 'fflate';
import { chinaDate, chinaDigits } from '../../clock.ts';
import made from './catalogues.json' with { type: 'json' };
import { Refusal } from './envelope.ts';
import { type Context, data, type Handler, type Row, rows, text } from './inputs.ts';
import type { VirtualCatalogue, VirtualCatalogues } from './port.ts';

/** Sandbox: made-up catalogues, one row or a few dozen of each. */
export const CATALOGUES: VirtualCatalogues = made;

const PAGED = ['1304', '1312', '1316', '1317', '1318', '1319'];
const DAY_MS = 24 * 3_600_000;

/** 目录类别 and the catalogue that its codes stand in. */
const LISTS: Readonly<Record<string, string>> = {
  '101': '1301',
  '102': '1302',
  '103': '1303',
  '201': '1305',
  '301': '1306',
};

/** Catalogues (1301 to 1319) and the matching of an institution's codes to them (3301, 3302). */
export function catalogueHandlers({ files, pages }: VirtualCatalogues): Readonly<Record<string, Handler>> {
  return {
    ...Object.fromEntries(
      Object.entries(files).map(([infno, catalogue]) => [
        infno,
        (context: Context) => nameFile(infno, catalogue, context),
      ]),
    ),
    ...Object.fromEntries(
      PAGED.map((infno) => [
        infno,
        (context: Context) => page(infno === '1317' ? matchesOf(context) : (pages[infno] ?? []), context),
      ]),
    ),

    '3301': (context) => {
      for (const row of rows(context.request.input, 'data')) match(row, files, context);
      return {};
    },

    '3302': ({ book, request }) => {
      const { fixmedins_hilist_id, list_type, med_list_codg } = request.input as Row;
      const code = text(fixmedins_hilist_id);
      if (!book.files.unmatch(request.institution, code, text(list_type), text(med_list_codg))) {
        throw new Refusal(`${code} 没有对照,不能撤销`);
      }
      return {};
    },
  };
}

/** Makes the file of what has changed since a version, and names it. The version stands last in a row. */
function nameFile(infno: string, { width, at, rows: all }: VirtualCatalogue, context: Context): unknown {
  const since = text(data(context).ver);
  const lines: string[] = [];
  for (const row of all) {
    const version = row.at(-1) ?? '';
    if (since !== '0' && version <= since) continue;
    const cells = new Array<string>(width).fill('null');
    at.forEach((place, index) => {
      cells[place] = row[index] || 'null';
    });
    lines.push(cells.join('\t'));
  }
  if (lines.length === 0) throw new Refusal('目录已是最新版本');
  const { book, now } = context;
  const name = `${chinaDigits(now)}.txt.zip`;
  const number = `fsi/plc/${String(book.nextNumber('file')).padStart(24, '0')}`;
  book.files.put(number, name, 'plc', zipSync({ [`${infno}.txt`]: strToU8(`${lines.join('\n')}\n`) }));
  return {
    file_qury_no: number,
    filename: name,
    [Number(infno) < 1320 ? 'dld_end_time' : 'dld_endtime']: chinaDate(now + DAY_MS),
    data_cnt: lines.length,
  };
}

function page(all: readonly Row[], context: Context): unknown {
  const { updt_time, page_num, page_size } = data(context);
  const changed = all.filter((row) => text(row.updt_time) >= text(updt_time));
  const size = Number(text(page_size));
  const first = (Number(text(page_num)) - 1) * size;
  return { data: changed.slice(first, first + size), recordCounts: changed.length };
}

function match(row: Row, files: VirtualCatalogues['files'], { book, request, now }: Context): void {
  const [code, listType, national] = [
    text(row.fixmedins_hilist_id),
    text(row.list_type),
    text(row.med_list_codg),
  ];
  const entries = files[LISTS[listType] ?? '']?.rows ?? [];
  let known = false;
  for (const entry of entries) known ||= entry[0] === national;
  if (!known) throw new Refusal(`${code} 的医疗目录编码 ${national} 不存在`);
  if (text(row.enddate) < chinaDate(now)) throw new Refusal(`${code} 的结束日期已过`);
  book.files.match(request.institution, code, listType, national);
}

function matchesOf({ book, request, now }: Context): Row[] {
  return book.files.matches(request.institution).map(({ code, list_type, national }) => ({
    fixmedins_code: request.institution,
    medins_list_codg: code,
    list_type,
    med_list_codg: national,
    insu_admdvs: request.area,
    begndate: '2020-01-01',
    vali_flag: '1',
    rid: `${code}-${list_type}`,
    updt_time: `${chinaDate(now)} 00:00:00`,
    crte_time: `${chinaDate(now)} 00:00:00`,
  }));
}
