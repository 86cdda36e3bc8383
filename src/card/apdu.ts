import { Fault } from '../errors.ts';
import type { CardSlot } from './port.ts';

/** Status words of ISO 7816-4 and LD/T 32.5 that the card side acts on. */
export const SW = {
  done: 0x9000,
  endOfFile: 0x6282,
  wrongLength: 0x6700,
  wrongFile: 0x6981,
  locked: 0x6982,
  functionUnknown: 0x6a81,
  fileNotFound: 0x6a82,
  recordNotFound: 0x6a83,
  wrongP1P2: 0x6a86,
  dataNotFound: 0x6a88,
  offsetWrong: 0x6b00,
} as const;

/** How long a card may take over one command, waiting-time extensions included. */
export const COMMAND_TIMEOUT_MS = 3_000;

/** A card that always says "more" or "other length" must not hold the reader. */
const GET_RESPONSES_MAX = 8;
const REISSUES_MAX = 2;
const ANSWER_BYTES_MAX = 4_096;

export interface CardAnswer {
  readonly data: Buffer;
  /** The status word that ended the exchange. 61xx stays as it is where the data was not fetched. */
  readonly sw: number;
}

/** `6A83`. */
export function swText(sw: number): string {
  return sw.toString(16).toUpperCase().padStart(4, '0');
}

/**
 * One command and its answer, whatever detours the card takes: 61xx is followed by GET RESPONSE (unless
 * `fetch` is false: then the waiting data is left alone), 6Cxx by the same command with the right length.
 * Faults: those of the slot, `reader.protocol` for an answer without status, `card.refused` for a card that never
 * comes to an end.
 */
export async function exchange(
  slot: CardSlot,
  command: Buffer,
  options: { fetch?: boolean } = {},
): Promise<CardAnswer> {
  const parts: Buffer[] = [];
  let next = command;
  let reissues = 0;
  let bytes = 0;
  for (let round = 0; round <= GET_RESPONSES_MAX + REISSUES_MAX; round++) {
    const { data, sw } = split(await slot.transmit(next, COMMAND_TIMEOUT_MS));
    parts.push(data);
    bytes += data.length;
    if (bytes > ANSWER_BYTES_MAX) throw new Fault('card.refused', { detail: 'the card sends without end' });
    const count = sw & 0xff;
    if (sw >> 8 === 0x61 && (options.fetch ?? true)) {
      next = Buffer.of(0x00, 0xc0, 0x00, 0x00, count);
    } else if (sw >> 8 === 0x6c && reissues < REISSUES_MAX) {
      reissues += 1;
      next = withLength(next, count);
    } else {
      return { data: Buffer.concat(parts), sw };
    }
  }
  throw new Fault('card.refused', { detail: 'the card sends without end' });
}

function split(answer: Buffer): CardAnswer {
  if (answer.length < 2) throw new Fault('reader.protocol', { detail: 'an answer without status bytes' });
  const end = answer.length - 2;
  return { data: answer.subarray(0, end), sw: answer.readUInt16BE(end) };
}

/** The same command with another Le. */
function withLength(command: Buffer, length: number): Buffer {
  const head = command.length <= 5 ? command.subarray(0, 4) : command.subarray(0, 5 + command[4]!);
  return Buffer.concat([head, Buffer.of(length)]);
}

/** SELECT by application identifier, first or only occurrence. */
export function selectApplication(aid: Buffer): Buffer {
  return Buffer.concat([Buffer.of(0x00, 0xa4, 0x04, 0x00, aid.length), aid]);
}

/** SELECT of an elementary file. Cards differ in whether P1 says so (02) or says nothing (00). */
export function selectFile(file: number, p1: 0x00 | 0x02): Buffer {
  return Buffer.of(0x00, 0xa4, p1, 0x00, 0x02, file >> 8, file & 0xff);
}

/**
 * READ RECORD. P2 04: P1 is a record number; P2 00: P1 is a record identifier, here the item's tag; P2 02: the next
 * record with that identifier.
 */
export function readRecord(p1: number, p2: 0x00 | 0x02 | 0x04, length: number): Buffer {
  return Buffer.of(0x00, 0xb2, p1, p2, length);
}
