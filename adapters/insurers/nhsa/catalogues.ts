import { createHash } from 'node:crypto';
import type { CatalogueKind } from '../../../schemas/catalogue-words.ts';
import type { NhsaConfiguration } from '../../../schemas/insurer-configuration.ts';
import { Fault } from '../../../src/errors.ts';
import type {
  CatalogueFlows,
  CatalogueItem,
  CodeMatch,
  Exchange,
  ExchangeRef,
  Loaded,
  LoadOrder,
  Outcome,
} from '../../../src/settlement/port.ts';
import { itemOf, type Layout, layoutsOf } from './catalogue-layouts.ts';
import { isRecord } from './envelope.ts';
import { type Files, fileFieldsOf } from './files.ts';
import { accepted, Ended, flow } from './flow.ts';
import type { Platform } from './platform.ts';
import { readTable } from './table-file.ts';
import { broken } from './zip-reader.ts';

/** Whose file a catalogue's is. */
const CATALOGUE_OWNER = 'plc';
/** Asked from where nothing is on file: the version of a file, and the time of a page. */
const FIRST_VERSION = '0';
const FIRST_TIME = '2000-01-01 00:00:00';
/** What may be asked from: anything else the platform would not take back, and the next download is a whole one. */
const VERSION = /^\S{1,20}$/;
const TIME = /^\d{4}-\d{2}-\d{2}( \d{2}:\d{2}:\d{2})?$/;
const PAGE_ROWS = 500;
const PAGES_MAX = 9_999;
const MATCHES_MAX = 100;

/** Words by which a platform says that there is nothing newer. No public list of its texts exists. */
const NOTHING_NEW = ['最新版本', '无更新', '没有更新', '未查询到', '无数据'];

/** 目录类别 (list_type) of what an institution matches to its own codes. */
const LIST_TYPES: Partial<Record<CatalogueKind, string>> = {
  drugs: '101',
  herbs: '102',
  preparations: '103',
  'ethnic-drugs': '104',
  granules: '106',
  services: '201',
  'new-services': '201',
  consumables: '301',
};

interface Parts {
  readonly platform: Platform;
  readonly files: Files;
  readonly fixmedinsCode: string;
  readonly layouts: NhsaConfiguration['catalogueFiles'];
}

/** 1301 to 1327, 3301 and 3302. */
export class Catalogues implements CatalogueFlows {
  readonly kinds: readonly CatalogueKind[];
  readonly matched = Object.keys(LIST_TYPES) as CatalogueKind[];
  readonly matchesMax = MATCHES_MAX;
  readonly #parts: Parts;
  readonly #layouts: ReadonlyMap<CatalogueKind, Layout>;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#layouts = layoutsOf(parts.layouts);
    this.kinds = [...this.#layouts.keys()];
  }

  load(order: LoadOrder, exchange: Exchange): Promise<Outcome<Loaded>> {
    const layout = this.#layouts.get(order.kind);
    if (!layout) throw new Fault('insurer.not-offered');
    return flow(() =>
      layout.columns
        ? this.#file(layout, layout.columns, order, exchange)
        : this.#pages(layout, order, exchange),
    );
  }

  /** 13xx names a file of what has changed since, which 9102 brings. */
  async #file(layout: Layout, columns: readonly string[], order: LoadOrder, exchange: Exchange) {
    const named = await accepted(
      this.#parts.platform,
      {
        infno: layout.transaction,
        input: { data: { ver: order.since ?? FIRST_VERSION } },
        alreadySo: NOTHING_NEW,
      },
      exchange,
    );
    const fields = fileFieldsOf(named.output);
    if (!fields || fields.data_cnt === '0') return { value: {}, at: named.at };
    const { file_qury_no: fileNumber = '', filename: name = '', data_cnt: count } = fields;
    if (count && /^\d{1,9}$/.test(count)) order.expect?.(Number(count));
    const query = { fileNumber, name, code: CATALOGUE_OWNER };
    const outcome = await this.#parts.files.download(query, exchange);
    if (outcome.kind !== 'accepted') throw new Ended(outcome);
    const file = outcome.value;
    let version: string | undefined;
    try {
      for await (const rows of readTable(file, columns, { width: 'atLeast' })) {
        const entries = rows.map(
          (row) => new Map(columns.map((column, place) => [column, row[place] ?? ''])),
        );
        // Rows come in the order of their versions: the last is where the next download goes on.
        version =
          entries.map((entry) => entry.get('ver')).findLast((each) => VERSION.test(each ?? '')) ?? version;
        await order.take(entries.map((entry) => itemIn(layout, entry)));
      }
    } finally {
      await file.discard();
    }
    return { value: version === undefined ? {} : { version }, at: outcome.at };
  }

  /**
   * Pages of what has changed since, asked for until one is empty, or the same as before: some platforms give fewer rows
   * than they were asked for, others repeat the last page for ever.
   */
  async #pages(
    layout: Layout,
    order: LoadOrder,
    exchange: Exchange,
  ): Promise<{ value: Loaded; at: ExchangeRef }> {
    let newest = order.since ?? '';
    let before = '';
    for (let page = 1; page <= PAGES_MAX; page++) {
      const done = await accepted(
        this.#parts.platform,
        {
          infno: layout.transaction,
          input: {
            data: {
              updt_time: order.since ?? FIRST_TIME,
              page_num: page,
              page_size: PAGE_ROWS,
              // Of the matches of all institutions, our own.
              ...(layout.kind === 'institution-matches' && { fixmedins_code: this.#parts.fixmedinsCode }),
            },
          },
          alreadySo: NOTHING_NEW,
        },
        exchange,
      );
      const rows = rowsOf(done.output);
      const print = createHash('sha256')
        .update(JSON.stringify(rows.map((row) => [...row])))
        .digest('hex');
      if (rows.length === 0 || print === before)
        return { value: newest ? { version: newest } : {}, at: done.at };
      before = print;
      const times = rows.map((row) => row.get('updt_time') ?? '').filter((time) => TIME.test(time));
      newest = [newest, ...times].sort().at(-1) ?? '';
      await order.take(rows.map((row) => itemIn(layout, row)));
    }
    throw broken('页数过多 / there is no end to its pages');
  }

  match(matches: readonly CodeMatch[], exchange: Exchange): Promise<Outcome<'matched'>> {
    const data = matches.map((match) => ({
      fixmedins_hilist_id: match.localCode,
      fixmedins_hilist_name: match.localName,
      list_type: listTypeOf(match.kind),
      med_list_codg: match.nationalCode,
      begndate: match.validFrom,
      enddate: match.validTo,
      aprvno: match.approvalNumber ?? '',
      dosform: match.dosageForm ?? '',
      exct_cont: '',
      item_cont: '',
      prcunt: match.unit ?? '',
      spec: match.specification ?? '',
      pacspec: '',
      memo: '',
    }));
    return flow(async () => {
      const { at } = await accepted(this.#parts.platform, { infno: '3301', input: { data } }, exchange);
      return { value: 'matched', at };
    });
  }

  unmatch(match: CodeMatch, exchange: Exchange): Promise<Outcome<'unmatched'>> {
    const input = {
      fixmedins_code: this.#parts.fixmedinsCode,
      fixmedins_hilist_id: match.localCode,
      list_type: listTypeOf(match.kind),
      med_list_codg: match.nationalCode,
    };
    return flow(async () => {
      const { at } = await accepted(this.#parts.platform, { infno: '3302', input }, exchange);
      return { value: 'unmatched', at };
    });
  }
}

function listTypeOf(kind: CatalogueKind): string {
  const type = LIST_TYPES[kind];
  if (!type) throw new Fault('mapping.kind');
  return type;
}

function itemIn(layout: Layout, fields: ReadonlyMap<string, string>): CatalogueItem {
  const item = itemOf(layout, fields);
  if (!item) throw broken(`${layout.transaction} 有一行没有编码 / a row has no code`);
  return item;
}

/** The rows of a page. The node has no name, so they stand in whatever list there is. */
function rowsOf(output: unknown): ReadonlyMap<string, string>[] {
  const lists = isRecord(output) ? Object.values(output) : [output];
  const list = lists.find(Array.isArray) ?? (isRecord(output) ? [output] : []);
  return list.filter(isRecord).flatMap((row) => {
    const fields = Object.entries(row).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    );
    const known = fields.map(([field, value]): [string, string] => [field, value === 'null' ? '' : value]);
    return known.some(([field]) => field === 'rid' || field.endsWith('_code') || field.endsWith('_codg'))
      ? [new Map(known)]
      : [];
  });
}
