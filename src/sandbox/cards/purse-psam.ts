import type { VirtualCard } from '../port.ts';
import { purchaseMac1, purchaseMac2, purchaseSessionKey, TEST_KEY } from './purse-cryptogram.ts';

const ATR = Buffer.from('3B6D00000059494B41544F4E4700000002', 'hex');
/** rand(4) seq(2) amount(4) type(1) date(4) time(3) keyVersion(1) algorithm(1), and eight bytes for each level. */
const BEGINNING_BYTES = 0x14;

const DONE = Buffer.of(0x90, 0x00);
const WRONG_LENGTH = Buffer.of(0x67, 0x00);
const NOT_BEGUN = Buffer.of(0x69, 0x85);
const FILE_NOT_FOUND = Buffer.of(0x6a, 0x82);
const UNKNOWN_INSTRUCTION = Buffer.of(0x6d, 0x00);
const MAC_WRONG = Buffer.of(0x93, 0x02);

export interface VirtualPursePsamOptions {
  /** 终端机编号, twelve hex digits; a module that does not tell it where absent. */
  readonly terminal?: string;
  /** The name of its application. */
  readonly application?: string;
}

/** The terminal number that a module of the sandbox is made for where it does not tell it. */
const TERMINAL_DEFAULT = '001122334455';

/**
 * A virtual PSAM for purchases (sandbox), under the published test key, which it derives for no card: real modules
 * diversify theirs by the card's number. Whatever it does not know goes to the module inside, where there is one.
 *
 *     reset ──8070──► begun: MAC1 by GET RESPONSE ──8072──► MAC2 checked
 */
export class VirtualPursePsam implements VirtualCard {
  readonly #options: VirtualPursePsamOptions;
  readonly #inner: VirtualCard | undefined;
  #terminalSequence = 0;
  #expected: Buffer | undefined;
  #waiting: Buffer | undefined;
  #refuses = 0;

  constructor(options: VirtualPursePsamOptions = { terminal: TERMINAL_DEFAULT }, inner?: VirtualCard) {
    this.#options = options;
    this.#inner = inner;
  }

  /** Refuses the next 8072 with 6985, whatever MAC2 it brings. */
  refuseCredit(): void {
    this.#refuses += 1;
  }

  reset(): Buffer {
    this.#expected = undefined;
    this.#waiting = undefined;
    return this.#inner?.reset() ?? Buffer.from(ATR);
  }

  command(apdu: Buffer): Buffer {
    if (apdu.length < 5) return WRONG_LENGTH;
    const data = apdu.subarray(5, 5 + apdu[4]!);
    switch (apdu.readUInt16BE(0)) {
      case 0x00a4:
        if (data.toString('hex').toUpperCase() === this.#options.application) return DONE;
        return this.#inner?.command(apdu) ?? FILE_NOT_FOUND;
      case 0x00b0:
        return this.#readTerminal(apdu[2]!);
      case 0x8070:
        return this.#begin(data);
      case 0x8072:
        return this.#check(data);
      case 0x00c0:
        return this.#waiting ? this.#getResponse(apdu[4]!) : (this.#inner?.command(apdu) ?? WRONG_LENGTH);
      default:
        return this.#inner?.command(apdu) ?? UNKNOWN_INSTRUCTION;
    }
  }

  #readTerminal(p1: number): Buffer {
    const { terminal } = this.#options;
    if (p1 !== 0x96 || terminal === undefined) return FILE_NOT_FOUND;
    return Buffer.concat([Buffer.from(terminal, 'hex'), DONE]);
  }

  #begin(data: Buffer): Buffer {
    const levels = (data.length - BEGINNING_BYTES) / 8;
    if (!Number.isInteger(levels) || levels < 1 || levels > 3) return WRONG_LENGTH;
    this.#terminalSequence += 1;
    const sequence = Buffer.alloc(4);
    sequence.writeUInt32BE(this.#terminalSequence);
    const session = purchaseSessionKey(TEST_KEY, data.subarray(0, 4), data.subarray(4, 6), sequence);
    const fields = {
      amount: Buffer.from(data.subarray(6, 10)),
      type: data[10]!,
      terminal: Buffer.from(this.#options.terminal ?? TERMINAL_DEFAULT, 'hex'),
      stamp: data.subarray(11, 18),
    };
    this.#expected = purchaseMac2(session, fields);
    this.#waiting = Buffer.concat([sequence, purchaseMac1(session, fields)]);
    return Buffer.of(0x61, this.#waiting.length);
  }

  #check(mac2: Buffer): Buffer {
    const expected = this.#expected;
    this.#expected = undefined;
    if (!expected) return NOT_BEGUN;
    if (this.#refuses > 0) {
      this.#refuses -= 1;
      return NOT_BEGUN;
    }
    return mac2.equals(expected) ? DONE : MAC_WRONG;
  }

  #getResponse(length: number): Buffer {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    return waiting?.length === length ? Buffer.concat([waiting, DONE]) : WRONG_LENGTH;
  }
}
