import { readFileSync } from 'node:fs';
import { CATALOGUE_KINDS, type CatalogueKind } from '../../../schemas/catalogue-words.ts';
import type { NhsaConfiguration } from '../../../schemas/insurer-configuration.ts';
import type { CatalogueItem } from '../../../src/settlement/port.ts';

/** How a catalogue comes: as a file, or page by page. */
export interface Layout {
  readonly kind: CatalogueKind;
  readonly transaction: string;
  /** Of a file: its columns in order. Of pages the fields have names. */
  readonly columns?: readonly string[];
  /** The fields that hold the code and the name: the first that isn't empty. */
  readonly code: readonly string[];
  readonly name: readonly string[];
  readonly aliases?: readonly string[];
  /** What tells entries of one code apart. */
  readonly variant?: readonly string[];
  readonly initials?: string;
  readonly leadsTo?: string;
  readonly priceLimit?: string;
  readonly selfPay?: string;
  readonly heldFor?: string;
}

/** Catalogues that are asked for page by page (the fields are the specification's own). */
const PAGES: readonly Layout[] = [
  {
    kind: 'ethnic-drugs',
    transaction: '1304',
    code: ['med_list_codg'],
    name: ['drug_prodname', 'drug_genname', 'chemname'],
    aliases: ['drug_genname', 'alis'],
    initials: 'pinyin',
  },
  {
    kind: 'insurance-items',
    transaction: '1312',
    code: ['hilist_code'],
    name: ['hilist_name'],
    variant: ['insu_admdvs', 'begndate'],
    initials: 'pinyin',
  },
  {
    kind: 'insurance-matches',
    transaction: '1316',
    code: ['med_list_codg'],
    name: ['hilist_code'],
    variant: ['insu_admdvs', 'hilist_code', 'begndate'],
    leadsTo: 'hilist_code',
  },
  {
    kind: 'institution-matches',
    transaction: '1317',
    code: ['medins_list_codg'],
    name: ['medins_list_name', 'medins_list_codg'],
    variant: ['list_type', 'med_list_codg', 'insu_admdvs', 'begndate'],
    leadsTo: 'med_list_codg',
  },
  {
    kind: 'price-limits',
    transaction: '1318',
    code: ['hilist_code'],
    name: ['hilist_code'],
    variant: ['insu_admdvs', 'hilist_lmtpric_type', 'begndate'],
    priceLimit: 'hilist_pric_uplmt_amt',
    heldFor: 'hilist_lmtpric_type',
  },
  {
    kind: 'self-pay-ratios',
    transaction: '1319',
    code: ['hilist_code'],
    name: ['hilist_code'],
    variant: ['insu_admdvs', 'selfpay_prop_type', 'selfpay_prop_psn_type', 'begndate'],
    selfPay: 'selfpay_prop',
    heldFor: 'selfpay_prop_psn_type',
  },
];

/** Catalogues whose file nobody has described in public; they are read once the configuration gives the columns. */
const UNDESCRIBED: Readonly<Record<string, CatalogueKind>> = {
  '1320': 'granules',
  '1321': 'new-services',
  '1322': 'reagents',
  '1323': 'reagent-certificate-links',
  '1324': 'reagent-indicators',
  '1325': 'reagent-codes',
  '1326': 'reagent-certificates',
  '1327': 'reagent-classes',
};

/** Every catalogue that can be read, by its kind; what the configuration says of a file counts before what is known. */
export function layoutsOf(
  configured: NhsaConfiguration['catalogueFiles'] = {},
): ReadonlyMap<CatalogueKind, Layout> {
  const known = JSON.parse(
    readFileSync(new URL('data/catalogue-files.json', import.meta.url), 'utf8'),
  ) as Layout[];
  const own = Object.entries(configured).flatMap(([transaction, { columns, code, name }]) => {
    const base = known.find((layout) => layout.transaction === transaction);
    const kind = base?.kind ?? UNDESCRIBED[transaction];
    return kind ? [{ ...base, kind, transaction, columns, code: [code], name: [name] }] : [];
  });
  const byKind = new Map([...known, ...PAGES, ...own].map((layout) => [layout.kind, layout]));
  return new Map(CATALOGUE_KINDS.flatMap((kind) => (byKind.has(kind) ? [[kind, byKind.get(kind)!]] : [])));
}

/** Who keyed an entry in, and whom to ring up about it: nobody's business here. */
const PERSONS = /^(crter|opter|dstr_coner|medins_coner)/;

/** An entry as the gateway keeps it; `undefined` where it has no code. */
export function itemOf(layout: Layout, fields: ReadonlyMap<string, string>): CatalogueItem | undefined {
  const of = (name: string | undefined) => (name === undefined ? '' : (fields.get(name) ?? ''));
  const first = (names: readonly string[]) => names.map(of).find((value) => value !== '') ?? '';
  const code = first(layout.code);
  if (code === '') return undefined;
  const name = first(layout.name);
  const aliases = [...new Set((layout.aliases ?? []).map(of))].filter(
    (alias) => alias !== '' && alias !== name,
  );
  const from = dayOf(of('begndate'));
  const to = dayOf(of('enddate'));
  return {
    code,
    variant: (layout.variant ?? []).map(of).join('|'),
    name: name || code,
    ...(aliases.length > 0 && { aliases: aliases.join(' ') }),
    ...optional('initials', of(layout.initials).toUpperCase()),
    ...optional('leadsTo', of(layout.leadsTo)),
    ...optional('priceLimit', decimalOf(of(layout.priceLimit))),
    ...optional('selfPay', decimalOf(of(layout.selfPay))),
    ...optional('heldFor', of(layout.heldFor)),
    valid: of('vali_flag') !== '0',
    ...optional('validFrom', from),
    ...optional('validTo', to),
    content: Object.fromEntries([...fields].filter(([field, value]) => value !== '' && !PERSONS.test(field))),
  };
}

function optional<K extends string>(key: K, value: string): { [P in K]?: string } {
  return value === '' ? {} : ({ [key]: value } as { [P in K]: string });
}

const DAY = /^(\d{4})[-/]?(\d{2})[-/]?(\d{2})/;
/** As Java prints a date: Fri Jan 01 00:00:00 CST 2021. */
const JAVA_DAY = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d{2}) [\d:]{8} [A-Z+:\d]{1,9} (\d{4})$/;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** yyyy-MM-dd, however the file writes it; empty where it says nothing. */
export function dayOf(text: string): string {
  const match = DAY.exec(text);
  if (match) return `${match[1]}-${match[2]}-${match[3]}`;
  const [, month = '', day, year] = JAVA_DAY.exec(text) ?? [];
  const place = MONTHS.indexOf(month) + 1;
  return place === 0 ? '' : `${year}-${String(place).padStart(2, '0')}-${day}`;
}

/** A decimal in plain digits; empty where it is none, or none above zero. */
function decimalOf(text: string): string {
  return /^\d{1,16}(\.\d{1,8})?$/.test(text) && Number(text) > 0 ? text : '';
}
