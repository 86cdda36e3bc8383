import type { VirtualResidentId } from '../port.ts';
import { type Cut, RequestCutter, type VirtualDevice, xorOf } from './device.ts';

const PREAMBLE = Buffer.from('AAAAAA9669', 'hex');
const REQUEST_BYTES_MAX = 64;

const OK = 0x90;
const FOUND = 0x9f;
const CHECKSUM_WRONG = 0x10;
const COMMAND_UNKNOWN = 0x21;
const READ_FAILED = 0x41;
const NO_CONTENT = 0x91;
const FIND_FAILED = 0x80;
const SELECT_FAILED = 0x81;

/** Shown as 05.01-20260101-0000000001-0000000001: two 16-bit and three 32-bit fields, little-endian. */
const SAM_ID = Buffer.from('05000100052535010100000001000000', 'hex');

export interface VirtualSamVOptions {
  /** Real modules find a card again only after it has left the field once; default true. */
  readonly cardMustLeave?: boolean;
}

/**
 * A resident-ID module (GA 467): status, id, reset, and find, select, read in this order, each read from the
 * beginning; the address added later while the card that was selected lies there.
 */
export class VirtualSamV implements VirtualDevice<VirtualResidentId> {
  readonly #cutter = new RequestCutter(cutRequest);
  readonly #cardMustLeave: boolean;
  #card: VirtualResidentId | undefined;
  #stage: 'idle' | 'found' | 'selected' | 'read' = 'idle';

  constructor({ cardMustLeave = true }: VirtualSamVOptions = {}) {
    this.#cardMustLeave = cardMustLeave;
  }

  insert(card: VirtualResidentId): Buffer[] {
    this.#card = card;
    this.#stage = 'idle';
    return [];
  }

  remove(): Buffer[] {
    this.#card = undefined;
    this.#stage = 'idle';
    return [];
  }

  receive(bytes: Buffer, nowMs: number): Buffer[] {
    return this.#cutter.take(bytes, nowMs).map((frame) => this.#answer(frame));
  }

  #answer(frame: Buffer): Buffer {
    if (xorOf(frame.subarray(PREAMBLE.length)) !== 0) return reply(CHECKSUM_WRONG);
    switch (frame.readUInt16BE(PREAMBLE.length + 2)) {
      case 0x10ff:
        if (this.#stage !== 'read') this.#stage = 'idle';
        return reply(OK);
      case 0x11ff:
        return reply(OK);
      case 0x12ff:
        return reply(OK, SAM_ID);
      case 0x2001:
        return this.#find();
      case 0x2002:
        return this.#select();
      case 0x3001:
        return this.#read((card) => [card.text, card.photo]);
      case 0x3003:
        return this.#readNewAddress();
      case 0x3010:
        return this.#read((card) => [card.text, card.photo, card.fingerprints ?? Buffer.alloc(0)]);
      default:
        return reply(COMMAND_UNKNOWN);
    }
  }

  #find(): Buffer {
    if (!this.#card || (this.#stage === 'read' && this.#cardMustLeave)) return reply(FIND_FAILED);
    this.#stage = 'found';
    return reply(FOUND, Buffer.alloc(4));
  }

  #select(): Buffer {
    if (this.#stage !== 'found') return reply(SELECT_FAILED);
    this.#stage = 'selected';
    return reply(OK, Buffer.alloc(8));
  }

  /** The blocks, with their lengths before them. */
  #read(blocksOf: (card: VirtualResidentId) => readonly Buffer[]): Buffer {
    const card = this.#card;
    if (!card || this.#stage !== 'selected') return reply(READ_FAILED);
    this.#stage = 'read';
    const blocks = blocksOf(card);
    const lengths = Buffer.alloc(2 * blocks.length);
    blocks.forEach((block, index) => {
      lengths.writeUInt16BE(block.length, 2 * index);
    });
    return reply(OK, Buffer.concat([lengths, ...blocks]));
  }

  #readNewAddress(): Buffer {
    const card = this.#card;
    if (!card || (this.#stage !== 'selected' && this.#stage !== 'read')) return reply(READ_FAILED);
    return card.newAddress ? reply(OK, card.newAddress) : reply(NO_CONTENT);
  }
}

function cutRequest(bytes: Buffer): Cut {
  const compared = Math.min(bytes.length, PREAMBLE.length);
  if (PREAMBLE.compare(bytes, 0, compared, 0, compared) !== 0) return 'nothing';
  if (bytes.length < PREAMBLE.length + 2) return 'incomplete';
  const frameBytes = PREAMBLE.length + 2 + bytes.readUInt16BE(PREAMBLE.length);
  if (frameBytes < 10 || frameBytes > REQUEST_BYTES_MAX) return 'nothing';
  return bytes.length < frameBytes ? 'incomplete' : { frameBytes };
}

function reply(sw3: number, data: Buffer = Buffer.alloc(0)): Buffer {
  const body = Buffer.concat([Buffer.of(0, 0, 0, 0, sw3), data]);
  body.writeUInt16BE(3 + data.length + 1, 0);
  return Buffer.concat([PREAMBLE, body, Buffer.of(xorOf(body))]);
}
