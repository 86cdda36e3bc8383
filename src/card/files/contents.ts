import type { FilesAnswer } from '../../../schemas/card.ts';
import { recordsOf } from '../tlv.ts';
import { type Compound, type Field, isCompound } from './layout.ts';
import { fieldBytes, fieldText } from './values.ts';

/** A file, or one record of a cyclic one, as it was read. */
export type ReadFile = FilesAnswer['files'][number];
/** One item; its tag is `-` for the whole of a binary file or a record without tags. */
export type ReadItem = ReadFile['items'][number];

/** What separates several values in one place of the LD/T 33 string. */
const WITHIN = '^';

export function tagText(tag: number): string {
  return tag.toString(16).toUpperCase().padStart(2, '0');
}

/** The item that a record holds. */
export function itemOf(tag: string, content: Field | Compound, fileName: string, bytes: Buffer): ReadItem {
  const name = nameOf(content, fileName);
  if (!isCompound(content)) return { tag, name, value: fieldText(content.type, bytes) };
  const found = new Map(recordsOf(bytes).map((record) => [record.tag, record.value]));
  return joined(
    tag,
    name,
    content.members.map((field) => [field, found.get(field.tag) ?? Buffer.alloc(0)]),
  );
}

/** The values of a cyclic record, which stand one behind the other; some cards put TAG and LEN before them. */
export function cyclicItemOf(fields: readonly Field[], fileName: string, bytes: Buffer): ReadItem {
  const total = fields.reduce((sum, field) => sum + field.bytes, 0);
  let rest = bytes.length === total + 2 && bytes[1] === total ? bytes.subarray(2) : bytes;
  const parts = fields.map((field): [Field, Buffer] => {
    const part = rest.subarray(0, field.bytes);
    rest = rest.subarray(field.bytes);
    return [field, part];
  });
  return joined('-', fileName, parts);
}

function joined(tag: string, name: string, parts: readonly (readonly [Field, Buffer])[]): ReadItem {
  const members = parts.map(([field, bytes]) => ({
    tag: field.tag === 0 ? '-' : tagText(field.tag),
    name: nameOf(field, name),
    value: bytes.length === 0 ? '' : fieldText(field.type, bytes),
  }));
  const empty = members.every(({ value }) => value === '');
  return {
    tag,
    name,
    value: empty ? '' : members.map(({ value }) => value.replaceAll(WITHIN, '')).join(WITHIN),
    members,
  };
}

/** An item whose name no public source gives is called by its file and its tag. */
export function nameOf({ name, tag }: Field | Compound, fileName: string): string {
  return name ?? (tag === 0 ? fileName : `${fileName} ${tagText(tag)}`);
}

/** A value as the bytes of a record; nothing where it does not fit. */
export function recordBytesOf(content: Field | Compound, value: string): Buffer | undefined {
  if (!isCompound(content)) return fieldBytes(content, value);
  const values = value === '' ? content.members.map(() => '') : value.split(WITHIN);
  if (values.length !== content.members.length) return undefined;
  const parts = content.members.map((field, at) => {
    const bytes = fieldBytes(field, values[at]!);
    return bytes && Buffer.concat([Buffer.of(field.tag, bytes.length), bytes]);
  });
  return parts.every((part) => part !== undefined) ? Buffer.concat(parts) : undefined;
}

/** The answer of iReadCard (LD/T 33): the address with the values in the places of the items. */
export function pipeText(files: readonly ReadFile[]): string {
  return files
    .map(
      ({ file, items }) => `${[file, ...items.map(({ value }) => value.replace(/[|$]/g, ''))].join('|')}|$`,
    )
    .join('');
}
