import type { VirtualCard } from '../port.ts';
import { type Cut, RequestCutter, type VirtualDevice, xorOf } from './device.ts';

const HEADER_BYTES = 10;
const MESSAGE_BYTES_MAX = 271;
const NAK = Buffer.from('031516', 'hex');
const CARD_TAKEN = Buffer.from('5002', 'hex');
const CARD_PUT = Buffer.from('5003', 'hex');

const DATA_BLOCK = 0x80;
const SLOT_STATUS = 0x81;

/** bStatus: the card in the low bits, failure above. */
const ACTIVE = 0;
const INACTIVE = 1;
const ABSENT = 2;
const FAILED = 0x40;

const ICC_MUTE = 0xfe;
const COMMAND_UNKNOWN = 0x00;
const SLOT_UNKNOWN = 0x05;

export interface VirtualCcidOptions {
  /** Some real readers send each command back before they answer it; default false. */
  readonly echo?: boolean;
}

/** A chip-card reader with one slot that speaks CCID over a serial line, as the GemPC Twin does. */
export class VirtualCcid implements VirtualDevice<VirtualCard> {
  readonly #cutter = new RequestCutter(cutRequest);
  readonly #echo: boolean;
  #card: VirtualCard | undefined;
  #active = false;

  constructor({ echo = false }: VirtualCcidOptions = {}) {
    this.#echo = echo;
  }

  insert(card: VirtualCard): Buffer[] {
    this.#card = card;
    this.#active = false;
    return [CARD_PUT];
  }

  remove(): Buffer[] {
    const wasThere = this.#card !== undefined;
    this.#card = undefined;
    this.#active = false;
    return wasThere ? [CARD_TAKEN] : [];
  }

  receive(bytes: Buffer, nowMs: number): Buffer[] {
    return this.#cutter.take(bytes, nowMs).flatMap((frame) => {
      if (xorOf(frame) !== 0) return [NAK];
      const answer = this.#answer(frame.subarray(2, -1));
      return this.#echo ? [frame, answer] : [answer];
    });
  }

  #answer(message: Buffer): Buffer {
    const type = message[0]!;
    const slot = message[5]!;
    const answerType = type === 0x62 || type === 0x6f ? DATA_BLOCK : SLOT_STATUS;
    const respond = (status: number, error: number, data?: Buffer) =>
      frameOf(answerType, slot, message[6]!, status, error, data);
    if (slot !== 0) return respond(FAILED | ABSENT, SLOT_UNKNOWN);
    switch (type) {
      case 0x65:
        return respond(this.#state(), 0);
      case 0x63:
        this.#active = false;
        return respond(this.#state(), 0);
      case 0x62: {
        if (!this.#card) return respond(FAILED | ABSENT, ICC_MUTE);
        const atr = this.#card.reset();
        this.#active = true;
        return respond(ACTIVE, 0, atr);
      }
      case 0x6f: {
        if (!this.#card || !this.#active) return respond(FAILED | this.#state(), ICC_MUTE);
        return respond(ACTIVE, 0, this.#card.command(Buffer.from(message.subarray(HEADER_BYTES))));
      }
      default:
        return respond(FAILED | this.#state(), COMMAND_UNKNOWN);
    }
  }

  #state(): number {
    if (!this.#card) return ABSENT;
    return this.#active ? ACTIVE : INACTIVE;
  }
}

function cutRequest(bytes: Buffer): Cut {
  if (bytes[0] !== 0x03 || (bytes.length > 1 && bytes[1] !== 0x06)) return 'nothing';
  if (bytes.length < 7) return 'incomplete';
  const messageBytes = HEADER_BYTES + bytes.readUInt32LE(3);
  if (messageBytes > MESSAGE_BYTES_MAX) return 'nothing';
  const frameBytes = 2 + messageBytes + 1;
  return bytes.length < frameBytes ? 'incomplete' : { frameBytes };
}

function frameOf(
  type: number,
  slot: number,
  seq: number,
  status: number,
  error: number,
  data: Buffer = Buffer.alloc(0),
): Buffer {
  const head = Buffer.from([0x03, 0x06, type, 0, 0, 0, 0, slot, seq, status, error, 0]);
  head.writeUInt32LE(data.length, 3);
  const frame = Buffer.concat([head, data]);
  return Buffer.concat([frame, Buffer.of(xorOf(frame))]);
}
