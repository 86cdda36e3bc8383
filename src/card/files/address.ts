import { Fault } from '../../errors.ts';

/** The longest address; LD/T 33 drivers copy it into buffers of about this size. */
export const FILE_ADDRESS_LENGTH_MAX = 1_024;
/** What one address may ask for: more than all files of a card hold items. */
const ITEMS_MAX = 256;

/** One file of an address, and what of it. */
export interface FileAddress {
  /** As it was written, without the bar behind it: the answer repeats it. */
  readonly written: string;
  /** The application the file is in: `SSSE`, `DDF1`, `DF01`. */
  readonly application: string;
  /** The file's identifier: 0xEF05. */
  readonly file: number;
  /** The record of a cyclic file, from 1, the newest first; all of them where it is not said. */
  readonly record?: number;
  /** None where the whole file is meant. */
  readonly items: readonly ItemAddress[];
}

/** One data item: `08`, or `40:02` for the second of its kind. */
export interface ItemAddress {
  readonly written: string;
  readonly tag: number;
  readonly occurrence: number;
}

const FOLDER = /^(SSSE|DDF1|MF|3F00|DF0[1-9A])/;
const FILE = /^(E[DEF][0-9A-F]{2})(?::([0-9A-F]{2}))?$/;
const ITEM = /^([0-9A-F]{2})(?::([0-9A-F]{2}))?$/;

/**
 * Takes a pFileAddr of LD/T 33 apart: `SSSEEF05|06|07|$SSSEEF06|08|09|$`, a cyclic record `DF02EF07:01$`, the third
 * of several equal items `DF02EF15|99:03|$`; numbers behind a colon are hexadecimal. `MFEF05`, `MF|EF05|…` and
 * `3F00EF05` are in use for `SSSEEF05`. The bar and the dollar at the end may be missing.
 * @param root what `MF` and `3F00` stand for: `SSSE` on a social-security card.
 * Fault `request.invalid`, with the part that is wrong.
 */
export function parseFileAddress(text: string, root: string): FileAddress[] {
  if (text.length > FILE_ADDRESS_LENGTH_MAX) throw invalid('too long');
  const parts = text.toUpperCase().split('$');
  if (parts.at(-1) === '') parts.pop();
  const files = parts.map((part) => fileOf(part, root));
  const items = files.reduce((sum, { items }) => sum + Math.max(1, items.length), 0);
  if (files.length === 0) throw invalid('no file');
  if (items > ITEMS_MAX) throw invalid(`more than ${ITEMS_MAX} items`);
  return files;
}

function fileOf(part: string, root: string): FileAddress {
  const [first = '', ...rest] = part.replace(/\|$/, '').split('|');
  const folder = FOLDER.exec(first)?.[0];
  if (folder === undefined) throw invalid(first);
  // "MF|EF05|…": the file is a part of its own.
  const apart = first === folder;
  const name = apart ? (rest.shift() ?? '') : first.slice(folder.length);
  const [, file, record] = FILE.exec(name) ?? [];
  if (file === undefined) throw invalid(apart ? `${first}|${name}` : first);
  if (record === '00' || (record !== undefined && rest.length > 0)) throw invalid(part);
  return {
    written: apart ? `${first}|${name}` : first,
    application: folder === 'MF' || folder === '3F00' ? root : folder,
    file: Number.parseInt(file, 16),
    ...(record === undefined ? {} : { record: Number.parseInt(record, 16) }),
    items: rest.map(itemOf),
  };
}

function itemOf(written: string): ItemAddress {
  const [, tag, occurrence = '01'] = ITEM.exec(written) ?? [];
  if (tag === undefined || occurrence === '00') throw invalid(written);
  return { written, tag: Number.parseInt(tag, 16), occurrence: Number.parseInt(occurrence, 16) };
}

/** A short part of an address says nothing of anybody; what is longer is not one. */
function invalid(part: string): Fault {
  const detail = `not a file address: ${part.slice(0, 20).replace(/[^\w:| -]/g, '?')}`;
  return new Fault('request.invalid', { pointer: '/body/fileAddress', detail });
}
