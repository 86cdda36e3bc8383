import { err, ok, type Result } from '../result.ts';

/** One record of a social-security card: TAG(1) LEN(1) VALUE(LEN). */
export interface CardRecord {
  readonly tag: number;
  readonly value: Buffer;
}

/** Takes the first record of `bytes`. What follows it is left: some cards pad their answers. */
export function recordOf(bytes: Buffer): Result<CardRecord, 'empty' | 'cut-short'> {
  const [tag, length] = bytes;
  if (tag === undefined || length === undefined) return err('empty');
  if (bytes.length < 2 + length) return err('cut-short');
  return ok({ tag, value: bytes.subarray(2, 2 + length) });
}

/** All records that stand one behind the other in `bytes`; what can't be one ends them. */
export function recordsOf(bytes: Buffer): CardRecord[] {
  const records: CardRecord[] = [];
  for (let rest = bytes; ; ) {
    const next = recordOf(rest);
    if (!next.ok) return records;
    records.push(next.value);
    rest = rest.subarray(2 + next.value.value.length);
  }
}

/** Nested far deeper than any card's answer; deeper is not looked at. */
const DEPTH_MAX = 4;

/**
 * Finds the value of a BER-TLV tag (ISO 8825-1) in `bytes`, inside constructed objects too. Answers nothing where it
 * is absent or the bytes make no sense.
 */
export function findTag(bytes: Buffer, wanted: number, depth = 0): Buffer | undefined {
  let at = 0;
  while (at < bytes.length) {
    const item = berItemAt(bytes, at);
    if (!item) return undefined;
    if (item.tag === wanted) return item.value;
    const inside = item.constructed && depth < DEPTH_MAX ? findTag(item.value, wanted, depth + 1) : undefined;
    if (inside) return inside;
    at = item.end;
  }
  return undefined;
}

interface BerItem {
  readonly tag: number;
  readonly constructed: boolean;
  readonly value: Buffer;
  readonly end: number;
}

/** Tags of one or two bytes, lengths of one or two: all that an answer of at most 256 bytes can need. */
function berItemAt(bytes: Buffer, start: number): BerItem | undefined {
  let at = start;
  const first = bytes[at++];
  if (first === undefined) return undefined;
  let tag = first;
  if ((first & 0x1f) === 0x1f) {
    const second = bytes[at++];
    if (second === undefined) return undefined;
    tag = (first << 8) | second;
  }
  let length = bytes[at++];
  if (length === 0x81) length = bytes[at++];
  if (length === undefined || length > 0xff || at + length > bytes.length) return undefined;
  const end = at + length;
  return { tag, constructed: (first & 0x20) !== 0, value: bytes.subarray(at, end), end };
}
