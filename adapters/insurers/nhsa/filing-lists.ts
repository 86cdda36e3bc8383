import type { Filing, KnownFiling } from '../../../src/settlement/port.ts';
import { rowsOf } from './amounts.ts';
import { isRecord, textOf } from './envelope.ts';

type Row = Readonly<Record<string, unknown>>;

/** The node that each list comes in. */
export const LISTS = { transfer: 'refmedin', chronic: 'feedetail', designated: 'psnfixmedin' } as const;

/** The rows of a list. One without rows may come as one row of empty strings. */
export function filingsIn(output: unknown, node: string): Row[] {
  return rowsOf(isRecord(output) ? output[node] : undefined).filter((row) => textOf(row.begndate) !== '');
}

/** An answer without its list is no word that the list is empty, unless it has nothing else either. */
export function listFault(output: unknown, node: string): string | undefined {
  const empty = isRecord(output) && Object.values(output).every((value) => value === null || value === '');
  return empty || (isRecord(output) && Object.hasOwn(output, node))
    ? undefined
    : `应答中没有 ${node} / the answer has no ${node}`;
}

export function knownOf(kind: Filing['kind'], row: Row): KnownFiling {
  const about = {
    transfer: row.reflin_medins_no,
    chronic: row.opsp_dise_code,
    designated: row.fixmedins_code,
  };
  const to = textOf(row.enddate).slice(0, 10);
  return {
    kind,
    from: textOf(row.begndate).slice(0, 10),
    ...(to === '' ? {} : { to }),
    about: textOf(about[kind]),
  };
}

/** Whether a row of a list is this filing: what it is about, and its day. */
export function isRowOf(filing: Filing, row: Row): boolean {
  const day = (value: unknown) => textOf(value).slice(0, 10);
  switch (filing.kind) {
    case 'transfer': {
      const code = textOf(row.reflin_medins_no);
      const same = code === '' ? textOf(row.reflin_medins_name) === filing.toName : code === filing.toCode;
      return same && day(row.refl_date) === filing.date;
    }
    case 'chronic':
      return textOf(row.opsp_dise_code) === filing.disease.code && day(row.begndate) === filing.from;
    case 'designated':
      return textOf(row.fixmedins_code) === filing.institutionCode && day(row.begndate) === filing.from;
  }
}

/** The first day on which an insurer may have it listed. */
export function firstDayOf(filing: Filing): string {
  return filing.kind === 'transfer' && filing.date < filing.from ? filing.date : filing.from;
}
