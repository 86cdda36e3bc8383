/** A file of a virtual card: records as the card answers them, in the order of their numbers, or bytes. */
export type StoredFile = { readonly records: Buffer[] } | { readonly content: Buffer };

const DONE = Buffer.of(0x90, 0x00);
const WRONG_LENGTH = Buffer.of(0x67, 0x00);
const NOT_AUTHENTICATED = Buffer.of(0x69, 0x82);
const WRONG_FILE = Buffer.of(0x69, 0x81);
const NO_FILE_SELECTED = Buffer.of(0x69, 0x86);
const RECORD_NOT_FOUND = Buffer.of(0x6a, 0x83);
const WRONG_P1P2 = Buffer.of(0x6a, 0x86);
const OFFSET_WRONG = Buffer.of(0x6b, 0x00);

/** What P1 of READ RECORD is, by the low three bits of P2. */
const BY_TAG = 0;
const NEXT_BY_TAG = 2;
const BY_NUMBER = 4;

/** The files of one virtual card (sandbox), by folder and identifier: "DF01EF05". */
export class VirtualFiles {
  readonly #files: ReadonlyMap<string, StoredFile>;
  readonly #modes: readonly ('tag' | 'number')[];
  #folder = '';
  #file: StoredFile | undefined;
  /** Where the next record of a kind is looked for. */
  #next = 0;

  constructor(files: ReadonlyMap<string, StoredFile>, modes: readonly ('tag' | 'number')[]) {
    this.#files = files;
    this.#modes = modes;
  }

  has(folder: string): boolean {
    return [...this.#files.keys()].some((name) => name.startsWith(folder));
  }

  enter(folder: string): void {
    this.#folder = folder;
    this.#file = undefined;
  }

  /** Selects a file of the folder; answers whether it is there. */
  select(file: number): boolean {
    this.#file = this.#files.get(this.#folder + file.toString(16).toUpperCase());
    this.#next = 0;
    return this.#file !== undefined;
  }

  /** READ RECORD, UPDATE RECORD, READ BINARY, UPDATE BINARY; nothing for any other command. */
  command(apdu: Buffer, mayWrite: boolean): Buffer | undefined {
    const ins = apdu[1];
    if (ins !== 0xb2 && ins !== 0xdc && ins !== 0xb0 && ins !== 0xd6) return undefined;
    if (apdu.length < 5) return WRONG_LENGTH;
    const records = ins === 0xb2 || ins === 0xdc;
    const short = records ? apdu[3]! >> 3 : 0;
    if (short !== 0) this.select(0xef00 + short);
    if (!this.#file) return NO_FILE_SELECTED;
    const data = apdu.subarray(5, 5 + apdu[4]!);
    const writes = ins === 0xdc || ins === 0xd6;
    if (writes && data.length !== apdu[4]) return WRONG_LENGTH;
    if (writes && !mayWrite) return NOT_AUTHENTICATED;
    if (records) {
      if (!('records' in this.#file)) return WRONG_FILE;
      const at = this.#recordAt(this.#file.records, apdu[2]!, apdu[3]! & 0x07);
      if (Buffer.isBuffer(at)) return at;
      return ins === 0xb2
        ? answered(this.#file.records[at]!, apdu[4]!)
        : replaced(this.#file.records, at, data);
    }
    if (!('content' in this.#file)) return WRONG_FILE;
    const offset = apdu.readUInt16BE(2);
    const { content } = this.#file;
    if (offset >= content.length) return OFFSET_WRONG;
    if (ins === 0xb0) return answered(content.subarray(offset, offset + (apdu[4]! || 256)), apdu[4]!);
    if (offset + data.length > content.length) return OFFSET_WRONG;
    data.copy(content, offset);
    return DONE;
  }

  /** The index of the record that P1 means, or why there is none. */
  #recordAt(records: readonly Buffer[], p1: number, reference: number): number | Buffer {
    if (reference === BY_NUMBER && this.#modes.includes('number')) {
      return p1 >= 1 && p1 <= records.length ? p1 - 1 : RECORD_NOT_FOUND;
    }
    if ((reference !== BY_TAG && reference !== NEXT_BY_TAG) || !this.#modes.includes('tag'))
      return WRONG_P1P2;
    const from = reference === BY_TAG ? 0 : this.#next;
    const at = records.findIndex((record, index) => index >= from && record[0] === p1);
    this.#next = at + 1;
    return at === -1 ? RECORD_NOT_FOUND : at;
  }
}

/** Le must be exact, or 00; anything else is told the right one. */
function answered(data: Buffer, length: number): Buffer {
  if (length === 0 || length === data.length) return Buffer.concat([data, DONE]);
  return Buffer.of(0x6c, data.length);
}

/** A record keeps its tag and its length. */
function replaced(records: Buffer[], at: number, data: Buffer): Buffer {
  const before = records[at]!;
  if (data.length !== before.length || !data.subarray(0, 2).equals(before.subarray(0, 2)))
    return WRONG_LENGTH;
  data.copy(before);
  return DONE;
}
