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
  /** The security module in the second slot; a reader without that slot where it is absent. */
  readonly sam?: VirtualCard;
}

/** A slot and what is in it. */
interface Slot {
  card: VirtualCard | undefined;
  active: boolean;
}

/** A chip-card reader with a slot for the patient's card, and perhaps one for a security module, that speaks CCID over a serial line, as the GemPC Twin does. */
export class VirtualCcid implements VirtualDevice<VirtualCard> {
  readonly #cutter = new RequestCutter(cutRequest);
  readonly #echo: boolean;
  readonly #patient: Slot = { card: undefined, active: false };
  readonly #slots: readonly Slot[];

  constructor({ echo = false, sam }: VirtualCcidOptions = {}) {
    this.#echo = echo;
    this.#slots = [this.#patient, ...(sam ? [{ card: sam, active: false }] : [])];
  }

  insert(card: VirtualCard): Buffer[] {
    Object.assign(this.#patient, { card, active: false });
    return [CARD_PUT];
  }

  remove(): Buffer[] {
    const wasThere = this.#patient.card !== undefined;
    Object.assign(this.#patient, { card: undefined, active: false });
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
    const slotNumber = message[5]!;
    const slot = this.#slots[slotNumber];
    const answerType = type === 0x62 || type === 0x6f ? DATA_BLOCK : SLOT_STATUS;
    const respond = (status: number, error: number, data?: Buffer) =>
      frameOf(answerType, slotNumber, message[6]!, status, error, data);
    if (!slot) return respond(FAILED | ABSENT, SLOT_UNKNOWN);
    switch (type) {
      case 0x65:
        return respond(stateOf(slot), 0);
      case 0x63:
        slot.active = false;
        return respond(stateOf(slot), 0);
      case 0x62: {
        if (!slot.card) return respond(FAILED | ABSENT, ICC_MUTE);
        const atr = slot.card.reset();
        slot.active = true;
        return respond(ACTIVE, 0, atr);
      }
      case 0x6f: {
        if (!slot.card || !slot.active) return respond(FAILED | stateOf(slot), ICC_MUTE);
        return respond(ACTIVE, 0, slot.card.command(Buffer.from(message.subarray(HEADER_BYTES))));
      }
      default:
        return respond(FAILED | stateOf(slot), COMMAND_UNKNOWN);
    }
  }
}

function stateOf({ card, active }: Slot): number {
  if (!card) return ABSENT;
  return active ? ACTIVE : INACTIVE;
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
