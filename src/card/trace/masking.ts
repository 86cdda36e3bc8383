import iconv from 'iconv-lite';
import { eachField, type FieldName, layoutOf, TEXT_BYTES } from '../resident-id/layouts.ts';
import { recordOf } from '../tlv.ts';

/**
 * What takes the place of a person's data in a trace: the standard sample person of the card standards, in the same
 * form and length, so that the trace replays as the card it was. What isn't known to be harmless is zeroed.
 */
const SAMPLE_NUMBER = '111111198101011110';
const SAMPLE_NAME = '张三';
const SAMPLE_BIRTH_DATE = '19810101';
const SAMPLE_ADDRESS = '某省某县某镇某村一组1号';

const SELECT = 0xa4;
const READ_RECORD = 0xb2;
const GET_RESPONSE = 0xc0;
const GET_CHALLENGE = 0x84;

/** Instructions whose data names a file or a length, nothing of the person. */
const HARMLESS_COMMANDS: ReadonlySet<number> = new Set([SELECT, READ_RECORD, GET_RESPONSE, GET_CHALLENGE]);

/** Records of the card's own, and of the holder's: what they hold instead, by tag (LD/T 32.2). */
const records: Readonly<Record<number, (length: number) => Buffer>> = {
  2: kept,
  3: kept,
  4: kept,
  5: kept,
  6: kept,
  7: (length) => text('X00000019', length),
  8: (length) => text(SAMPLE_NUMBER, length),
  9: (length) => text(SAMPLE_NAME, length),
  10: (length) => text('1', length),
  11: (length) => Buffer.from('01'.repeat(length), 'hex'),
  12: (length) => Buffer.alloc(length, 0x11),
  13: (length) => (length === 4 ? Buffer.from(SAMPLE_BIRTH_DATE, 'hex') : Buffer.alloc(length)),
};

/** Stands for "as it is" in the table above. */
function kept(): Buffer {
  throw new Error('what is kept is not replaced');
}

const ISSUER_FILE = 0xef05;
const HOLDER_FILE = 0xef06;
const CARD_ID_TAG = 0x01;

/** Masks what passes over one slot; it must see every command, since what an answer means depends on those before. */
export class SlotMask {
  #file: number | undefined;
  /** The command that a GET RESPONSE asks the rest of. */
  #asked: Buffer = Buffer.alloc(0);

  /** The serial number at the end of a social-security card's historical bytes goes. */
  atr(atr: Buffer): Buffer {
    return zeroed(atr, Math.max(2, atr.length - 4), atr.length);
  }

  command(command: Buffer): Buffer {
    const instruction = command[1] ?? 0;
    if (instruction !== GET_RESPONSE) this.#asked = command;
    if (HARMLESS_COMMANDS.has(instruction)) return command;
    return zeroed(command, 5, dataEnd(command));
  }

  /** Of the command that was masked last; its two status bytes stay. */
  answer(answer: Buffer): Buffer {
    const end = Math.max(0, answer.length - 2);
    const [data, status] = [answer.subarray(0, end), answer.subarray(end)];
    return Buffer.concat([this.#data(data), status]);
  }

  #data(data: Buffer): Buffer {
    const instruction = this.#asked[1];
    if (instruction === SELECT) {
      this.#file = this.#asked.length >= 7 && this.#asked[4] === 2 ? this.#asked.readUInt16BE(5) : undefined;
      return data;
    }
    if (instruction === GET_CHALLENGE) return data;
    const known = this.#file === ISSUER_FILE || this.#file === HOLDER_FILE;
    return instruction === READ_RECORD && known ? maskRecords(data) : Buffer.alloc(data.length);
  }
}

/** A copy with zeros from `from` up to, not including, `to`. */
function zeroed(bytes: Buffer, from: number, to: number): Buffer {
  const copy = Buffer.from(bytes);
  return from < to ? copy.fill(0, from, to) : copy;
}

function dataEnd(command: Buffer): number {
  return command.length <= 5 ? command.length : Math.min(command.length, 5 + command[4]!);
}

function maskRecords(data: Buffer): Buffer {
  const parts: Buffer[] = [];
  let rest = data;
  for (;;) {
    const record = recordOf(rest);
    if (!record.ok) break;
    const { tag, value } = record.value;
    parts.push(rest.subarray(0, 2), maskValue(tag, value));
    rest = rest.subarray(2 + value.length);
  }
  return Buffer.concat([...parts, Buffer.alloc(rest.length)]);
}

function maskValue(tag: number, value: Buffer): Buffer {
  // Region and issuer stay; the card's own eight bytes go.
  if (tag === CARD_ID_TAG)
    return Buffer.concat([value.subarray(0, 8), Buffer.alloc(Math.max(0, value.length - 8))]);
  const replacement = records[tag];
  if (replacement === kept) return value;
  return replacement ? replacement(value.length) : Buffer.alloc(value.length);
}

/** Type an: GBK, left-aligned, padded 00. */
function text(value: string, length: number): Buffer {
  const field = Buffer.alloc(length);
  iconv.encode(value, 'gbk').copy(field);
  return field;
}

/** What a resident ID card says instead; fields that say nothing of the person stay. */
const fields: Partial<Record<FieldName, string>> = {
  name: SAMPLE_NAME,
  englishName: 'ZHANG SAN',
  englishNameMore: '',
  sex: '1',
  birthDate: SAMPLE_BIRTH_DATE,
  address: SAMPLE_ADDRESS,
  number: SAMPLE_NUMBER,
  issuer: '某县公安局',
  passNumber: 'H00000000',
};

/** A text block of 256 bytes as the sample person's; any other is zeroed. */
export function maskText(block: Buffer): Buffer {
  if (block.length !== TEXT_BYTES) return Buffer.alloc(block.length);
  const masked = Buffer.from(block);
  eachField(layoutOf(block), (name, offset, bytes) => {
    const value = fields[name];
    if (value === undefined) return;
    const characters = bytes / 2;
    masked.write(value.slice(0, characters).padEnd(characters), offset, 'utf16le');
  });
  return masked;
}

/** The address added later: the sample's, in the same length. */
export function maskAddress(block: Buffer): Buffer {
  const characters = Math.floor(block.length / 2);
  return Buffer.from(SAMPLE_ADDRESS.slice(0, characters).padEnd(characters), 'utf16le');
}

/** A photo keeps its head, by which it is known as one, and nothing of the face. */
export function maskPhoto(photo: Buffer): Buffer {
  return zeroed(photo, 8, photo.length);
}
