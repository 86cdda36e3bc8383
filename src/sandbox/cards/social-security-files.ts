import iconv from 'iconv-lite';
import type { SocialSecurityProfile } from './profile.ts';

/** One record as the card answers it: TAG LEN VALUE. */
export interface StoredRecord {
  readonly tag: number;
  readonly bytes: Buffer;
}

/** The files a virtual card has (LD/T 32.2), records in the order of their numbers. */
export function filesOf(profile: SocialSecurityProfile): ReadonlyMap<number, readonly StoredRecord[]> {
  return new Map([
    [0xef05, issuerRecords(profile)],
    [0xef06, holderRecords(profile)],
  ]);
}

function issuerRecords(profile: SocialSecurityProfile): StoredRecord[] {
  return [
    record(0x01, digits(profile.cardId, 16)),
    record(0x02, text(profile.category, 1)),
    record(0x03, text(profile.version, 4)),
    record(0x04, digits(profile.issuer, 12)),
    record(0x05, digits(profile.issuedOn, 4)),
    record(0x06, digits(profile.validTo, 4)),
    record(0x07, text(profile.cardNumber, 9)),
  ];
}

/** Generation 1 has no record for the rest of a long name, so what follows moves up. */
function holderRecords({ version, holder }: SocialSecurityProfile): StoredRecord[] {
  const [name, rest] = splitName(holder?.name ?? '');
  return [
    record(0x08, text(holder?.number ?? '', 18)),
    record(0x09, text(name, 30)),
    ...(version === '1.00' ? [] : [record(0x4e, text(rest, 20))]),
    record(0x0a, text(holder?.sex ?? '', 1)),
    record(0x0b, digits(holder?.nation ?? '', 1)),
    record(0x0c, digits(holder?.birthplace ?? '', 3)),
    record(0x0d, digits(holder?.birthDate ?? '', 4)),
  ];
}

/** Thirty bytes of GBK in the name's record, the rest in its extension. */
function splitName(name: string): [string, string] {
  let head = '';
  for (const character of name) {
    if (iconv.encode(head + character, 'gbk').length > 30) return [head, name.slice(head.length)];
    head += character;
  }
  return [head, ''];
}

function record(tag: number, value: Buffer): StoredRecord {
  return { tag, bytes: Buffer.concat([Buffer.of(tag, value.length), value]) };
}

/** Type an: GBK, left-aligned, padded 00. */
function text(value: string, length: number): Buffer {
  const field = Buffer.alloc(length);
  iconv.encode(value, 'gbk').copy(field);
  return field;
}

/** Type cn and b: two digits a byte, padded F. */
function digits(value: string, length: number): Buffer {
  return Buffer.from(value.padEnd(length * 2, 'F'), 'hex');
}
