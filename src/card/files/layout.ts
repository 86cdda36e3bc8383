/**
 * How a value is written on a card (LD/T 32.2, and the same in the resident health card):
 * - `an` text in GBK, left-aligned, filled with 00
 * - `cn` packed decimal digits, left-aligned, filled with F
 * - `date` a `cn` of eight digits, yyyymmdd
 * - `b` bytes, shown as hex digits
 * - `dec` an amount in packed decimal digits, right-aligned, in hundredths
 * - `hex` an amount as a binary number, big-endian, in hundredths
 */
export type ValueType = 'an' | 'cn' | 'date' | 'b' | 'dec' | 'hex';

/** One value: its tag (0 where it stands without one), its type and length in bytes, and what it is called. */
export interface Field {
  readonly tag: number;
  readonly type: ValueType;
  readonly bytes: number;
  readonly name?: string;
}

/** A record that holds several values, each with its own tag (B-TLV), and may occur several times. */
export interface Compound {
  readonly tag: number;
  readonly members: readonly Field[];
  readonly occurrences: number;
  readonly name?: string;
}

/** A data item of a file of records, and the number of its (first) record. */
export interface LayoutItem<Content extends Field | Compound = Field | Compound> {
  readonly content: Content;
  readonly number: number;
}

/** What stands in a file. */
export type FileLayout =
  | { readonly kind: 'records'; readonly name: string; readonly items: ReadonlyMap<number, LayoutItem> }
  /** The newest record is number 1; its values stand one behind the other, without tags. */
  | {
      readonly kind: 'cyclic';
      readonly name: string;
      readonly fields: readonly Field[];
      readonly records: number;
    }
  | { readonly kind: 'binary'; readonly name: string; readonly bytes: number };

type FieldMaker = (tag: number, bytes: number, name?: string) => Field;

function maker(type: ValueType): FieldMaker {
  return (tag, bytes, name) => ({ tag, type, bytes, ...(name === undefined ? {} : { name }) });
}

export const an = maker('an');
export const cn = maker('cn');
export const b = maker('b');
export const dec = maker('dec');
export const hex = maker('hex');

export function date(tag: number, name?: string): Field {
  return maker('date')(tag, 4, name);
}

export function compound(tag: number, occurrences: number, ...members: Field[]): Compound {
  return { tag, members, occurrences };
}

/** A file of records, in the order of their numbers. */
export function records(name: string, ...contents: (Field | Compound)[]): FileLayout {
  const items = new Map<number, LayoutItem>();
  let number = 1;
  for (const content of contents) {
    items.set(content.tag, { content, number });
    number += occurrencesOf(content);
  }
  return { kind: 'records', name, items };
}

export function cyclic(name: string, count: number, ...fields: Field[]): FileLayout {
  return { kind: 'cyclic', name, fields, records: count };
}

export function binary(name: string, bytes: number): FileLayout {
  return { kind: 'binary', name, bytes };
}

export function occurrencesOf(content: Field | Compound): number {
  return isCompound(content) ? content.occurrences : 1;
}

export function isCompound(content: Field | Compound): content is Compound {
  return 'members' in content;
}

/** Bytes of a record's value. */
export function valueBytesOf(content: Field | Compound): number {
  if (!isCompound(content)) return content.bytes;
  return content.members.reduce((sum, member) => sum + 2 + member.bytes, 0);
}
