import type { VirtualCard } from '../port.ts';
import { type Cut, RequestCutter, type VirtualDevice, xorOf } from './device.ts';

const REPORT_BYTES = 64;
const STX = 0x02;
const ETX = 0x03;

/** A command to a slot, and the longest APDU with its Le. */
const REQUEST_DATA_BYTES_MAX = 3 + 261;

const OK = 0x0000;
const NO_CARD = 0x1007;
/** Sandbox's own: what a real reader says to a command it doesn't know was never seen. */
const COMMAND_UNKNOWN = 0x2001;

/** 16 bytes whose meaning is not known, then the length of the name and the name. */
const INFO = Buffer.concat([
  Buffer.from('0101E80000000000010101013132303808', 'hex'),
  Buffer.from('GWI-IC20', 'ascii'),
]);

const MAIN_SLOT = 0x00;
const FIRST_SAM_SLOT = 0x10;

export interface VirtualGwiOptions {
  /** Security modules in the order of their slots; default none. */
  readonly sams?: readonly (VirtualCard | undefined)[];
}

/**
 * A virtual reader of the GWI-IC20 family: reports of 64 bytes in, without their id, and reports out. While it waits
 * for the holder's keys it answers nothing else. A card without power is no card to it.
 */
export class VirtualGwi implements VirtualDevice<VirtualCard> {
  readonly #cutter = new RequestCutter(cutRequest);
  readonly #slots = new Map<number, VirtualCard>();
  readonly #active = new Set<number>();
  readonly #typed: Buffer[] = [];
  #awaitsKeys = false;

  constructor({ sams = [] }: VirtualGwiOptions = {}) {
    for (const [index, sam] of sams.entries()) {
      if (sam) this.#slots.set(FIRST_SAM_SLOT + index, sam);
    }
  }

  insert(card: VirtualCard): Buffer[] {
    this.#slots.set(MAIN_SLOT, card);
    this.#active.delete(MAIN_SLOT);
    return [];
  }

  remove(): Buffer[] {
    this.#slots.delete(MAIN_SLOT);
    this.#active.delete(MAIN_SLOT);
    return [];
  }

  /** Whether the holder is asked to type. */
  get awaitsKeys(): boolean {
    return this.#awaitsKeys;
  }

  /** The holder types and confirms; keys typed before they are asked for are kept. */
  type(digits: string): Buffer[] {
    this.#typed.push(Buffer.from([...digits].map(Number)));
    return this.#awaitsKeys ? this.#giveKeys() : [];
  }

  receive(bytes: Buffer, nowMs: number): Buffer[] {
    return this.#cutter.take(bytes, nowMs).flatMap((frame) => {
      const data = dataOf(frame);
      return data && !this.#awaitsKeys ? this.#answer(data) : [];
    });
  }

  #answer(data: Buffer): Buffer[] {
    switch (data.toString('hex', 0, 2)) {
      case '3111':
        return reportsOf(OK, INFO);
      case '3222':
        return this.#powerOn(data[4] ?? MAIN_SLOT);
      case '3223':
        this.#active.delete(data[2] ?? MAIN_SLOT);
        return reportsOf(OK);
      case '3226':
        return this.#command(data[2] ?? MAIN_SLOT, Buffer.from(data.subarray(3)));
      case '3992':
        this.#awaitsKeys = true;
        return this.#giveKeys();
      default:
        return reportsOf(COMMAND_UNKNOWN);
    }
  }

  #powerOn(slot: number): Buffer[] {
    const card = this.#slots.get(slot);
    if (!card) return reportsOf(NO_CARD);
    this.#active.add(slot);
    return reportsOf(OK, card.reset());
  }

  #command(slot: number, apdu: Buffer): Buffer[] {
    const card = this.#slots.get(slot);
    return card && this.#active.has(slot) ? reportsOf(OK, card.command(apdu)) : reportsOf(NO_CARD);
  }

  #giveKeys(): Buffer[] {
    const keys = this.#typed.shift();
    if (!keys) return [];
    this.#awaitsKeys = false;
    return reportsOf(OK, keys);
  }
}

function cutRequest(bytes: Buffer): Cut {
  if (bytes[0] !== STX) return 'nothing';
  if (bytes.length < 5) return 'incomplete';
  const dataBytes = nibblesOf(bytes.subarray(1, 5)).readUInt16BE(0);
  if (dataBytes > REQUEST_DATA_BYTES_MAX) return 'nothing';
  const frameBytes = 1 + 2 * (2 + dataBytes + 1) + 1;
  if (bytes.length < frameBytes) return 'incomplete';
  return bytes[frameBytes - 1] === ETX ? { frameBytes } : 'nothing';
}

/** Undefined where the checksum is wrong; a real reader was never seen to say so. */
function dataOf(frame: Buffer): Buffer | undefined {
  const payload = nibblesOf(frame.subarray(5, -1));
  return xorOf(payload) === 0 ? payload.subarray(0, -1) : undefined;
}

function nibblesOf(bytes: Buffer): Buffer {
  return Buffer.from(Array.from(bytes, (byte) => (byte & 0x0f).toString(16)).join(''), 'hex');
}

function reportsOf(status: number, data: Buffer = Buffer.alloc(0)): Buffer[] {
  const content = Buffer.concat([Buffer.of(status >> 8, status & 0xff), data]);
  const length = Buffer.of(content.length >> 8, content.length & 0xff);
  const payload = Buffer.concat([length, content, Buffer.of(xorOf(content))]);
  const nibbles = Array.from(payload.toString('hex'), (digit) => 0x30 + Number.parseInt(digit, 16));
  const frame = Buffer.from([STX, ...nibbles, ETX]);
  const reports: Buffer[] = [];
  for (let at = 0; at < frame.length; at += REPORT_BYTES) {
    const report = Buffer.alloc(REPORT_BYTES);
    frame.copy(report, 0, at, at + REPORT_BYTES);
    reports.push(report);
  }
  return reports;
}
