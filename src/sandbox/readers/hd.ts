import type { VirtualCard } from '../port.ts';
import { xorOf } from './device.ts';

const REPORT_BYTES = 33;
const LAST = 0x02;
const MORE = 0x82;
/** Reports of the longest request; more belong to none. */
const REPORTS_MAX = 10;

const OK = 0x00;
const COMMAND_WRONG = 0x01;
const COMMAND_UNKNOWN = 0x82;
const CARD_MUTE = 0xc2;
const NO_POWER = 0x01;
const NO_CARD = 0x02;

const MAIN_SLOT = 0x0c;
const FIRST_SAM_SLOT = 0x0d;

const SERIAL_NUMBER = Buffer.from('HD100-SANDBOX', 'ascii');

export interface VirtualHdOptions {
  /** Security modules in the order of their slots; default none. */
  readonly sams?: readonly (VirtualCard | undefined)[];
}

/**
 * A virtual HD reader, made after the vendor's sample code, as the driver is: feature reports of 33 bytes are set, and
 * the reply is fetched one report at a time.
 */
export class VirtualHd {
  readonly #slots = new Map<number, VirtualCard>();
  readonly #active = new Set<number>();
  #received: Buffer[] = [];
  #reply: Buffer[] = [];

  constructor({ sams = [] }: VirtualHdOptions = {}) {
    for (const [index, sam] of sams.entries()) {
      if (sam) this.#slots.set(FIRST_SAM_SLOT + index, sam);
    }
  }

  insert(card: VirtualCard): void {
    this.#slots.set(MAIN_SLOT, card);
    this.#active.delete(MAIN_SLOT);
  }

  remove(): void {
    this.#slots.delete(MAIN_SLOT);
    this.#active.delete(MAIN_SLOT);
  }

  setFeature(report: Buffer): void {
    this.#reply = [];
    this.#received.push(Buffer.from(report.subarray(2)));
    if (report[1] === MORE && this.#received.length < REPORTS_MAX) return;
    const body = Buffer.concat(this.#received);
    this.#received = [];
    if (report[1] === LAST) this.#reply = this.#answer(body);
  }

  /** What nobody asked for is a report without a mark. */
  getFeature(): Buffer {
    return this.#reply.shift() ?? Buffer.alloc(REPORT_BYTES);
  }

  #answer(body: Buffer): Buffer[] {
    const end = 4 + body.readUInt16LE(2);
    if (body[0] !== 0x08 || end >= body.length || xorOf(body.subarray(0, end + 1)) !== 0) {
      return dataReply(COMMAND_WRONG);
    }
    const slot = body[5]!;
    switch (body[4]) {
      case 0x11:
        return dataReply(OK, SERIAL_NUMBER);
      case 0x72:
        return this.#command(slot, Buffer.from(body.subarray(7, end)));
      case 0x73:
        this.#active.delete(MAIN_SLOT);
        return dataReply(OK);
      case 0x75:
        return this.#reset(slot);
      case 0x77:
        return dataReply(this.#cardStatus());
      default:
        return dataReply(COMMAND_UNKNOWN);
    }
  }

  #reset(slot: number): Buffer[] {
    const card = this.#slots.get(slot);
    if (!card) return dataReply(CARD_MUTE);
    this.#active.add(slot);
    const atr = card.reset();
    return reportsOf(Buffer.concat([Buffer.of(0x02, OK, atr.length), atr]));
  }

  #command(slot: number, apdu: Buffer): Buffer[] {
    const card = this.#slots.get(slot);
    return card && this.#active.has(slot) ? dataReply(OK, card.command(apdu)) : dataReply(CARD_MUTE);
  }

  #cardStatus(): number {
    if (!this.#slots.has(MAIN_SLOT)) return NO_CARD;
    return this.#active.has(MAIN_SLOT) ? OK : NO_POWER;
  }
}

function dataReply(status: number, data: Buffer = Buffer.alloc(0)): Buffer[] {
  const head = Buffer.of(0x02, status, data.length & 0xff, data.length >> 8);
  return reportsOf(Buffer.concat([head, data]));
}

function reportsOf(body: Buffer): Buffer[] {
  const pieceBytes = REPORT_BYTES - 2;
  const reports: Buffer[] = [];
  for (let at = 0; at < body.length; at += pieceBytes) {
    const report = Buffer.alloc(REPORT_BYTES);
    report[1] = at + pieceBytes < body.length ? MORE : LAST;
    body.copy(report, 2, at, at + pieceBytes);
    reports.push(report);
  }
  return reports;
}
