import { mark, REPLY_DATA_BYTES_MAX, REPORT_HEADER_BYTES, status as statusOf } from './frame.ts';

export interface HdReply {
  readonly status: number;
  readonly data: Buffer;
}

/** What the reports so far make: a reply, the beginning of one, word that the reader is at it, or no sense. */
export type Assembled = HdReply | 'more' | 'working' | 'nothing';

const STATUS_AT = 3;
const LENGTH_AT = 4;
const ATR_AT = 5;
const DATA_AT = 6;

/**
 * Puts one reply together from its reports. Its length decides how many there are, as in the vendor's code; where it
 * is more than any answer has, or a report bears no mark, it is none. Holds no more than one reply.
 */
export class ReplyAssembler {
  readonly #ofReset: boolean;
  #status = 0;
  #missingBytes = 0;
  #pieces: Buffer[] = [];

  constructor({ ofReset }: { readonly ofReset: boolean }) {
    this.#ofReset = ofReset;
  }

  /** Bytes held of a reply that is not whole. */
  get heldBytes(): number {
    return this.#pieces.reduce((bytes, piece) => bytes + piece.length, 0);
  }

  take(report: Buffer): Assembled {
    const begun = this.#pieces.length > 0;
    if (report[1] !== mark.last && report[1] !== mark.more) return this.#give('nothing');
    if (begun) return this.#add(report.subarray(REPORT_HEADER_BYTES));
    if (report.length <= DATA_AT) return 'nothing';
    this.#status = report[STATUS_AT]!;
    if (this.#status === statusOf.working) return 'working';
    if (this.#status !== statusOf.ok) return { status: this.#status, data: Buffer.alloc(0) };
    const short = this.#ofReset && isInitialCharacter(report[ATR_AT]!);
    this.#missingBytes = short ? report[LENGTH_AT]! : report.readUInt16LE(LENGTH_AT);
    if (this.#missingBytes > REPLY_DATA_BYTES_MAX) return 'nothing';
    return this.#add(report.subarray(short ? ATR_AT : DATA_AT));
  }

  #add(bytes: Buffer): Assembled {
    const piece = bytes.subarray(0, this.#missingBytes);
    this.#missingBytes -= piece.length;
    this.#pieces.push(piece);
    if (this.#missingBytes > 0) return piece.length === 0 ? this.#give('nothing') : 'more';
    return this.#give({ status: this.#status, data: Buffer.concat(this.#pieces) });
  }

  #give(assembled: Assembled): Assembled {
    this.#pieces = [];
    return assembled;
  }
}

/** TS of an ATR: direct or inverse convention. */
function isInitialCharacter(byte: number): boolean {
  return byte === 0x3b || byte === 0x3f;
}
