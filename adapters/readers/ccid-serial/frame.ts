/**
 * CCID messages (USB Device Class: Smart Card CCID 1.1) as serial readers of the GemPC Twin family carry them.
 *
 *     03 06 | type | length, 4 bytes, little-endian | slot | seq | 3 bytes | data | LRC
 *
 * LRC is the XOR of all bytes before it. Besides, the reader sends `03 15 16` for a frame that arrived damaged,
 * `50 02` and `50 03` when a card is taken out and put in, and, while a T=0 card works, single bytes 80..FF that ask
 * for time. Some readers echo each command before they answer.
 */
export const SYNC = 0x03;
export const ACK = 0x06;
export const NAK = 0x15;
export const NAK_LRC = 0x16;
export const SLOT_CHANGE = 0x50;
export const CARD_ABSENT = 0x02;
export const CARD_PRESENT = 0x03;
export const TIME_REQUEST_MIN = 0x80;

export const MESSAGE_HEADER_BYTES = 10;

/** What these readers declare (dwMaxCCIDMessageLength): a header and a short APDU or its answer. */
export const MESSAGE_BYTES_MAX = 271;

/** SYNC, ACK, message, LRC. */
export const FRAME_BYTES_MAX = 2 + MESSAGE_BYTES_MAX + 1;

export const messageType = {
  iccPowerOn: 0x62,
  iccPowerOff: 0x63,
  getSlotStatus: 0x65,
  xfrBlock: 0x6f,
  dataBlock: 0x80,
  slotStatus: 0x81,
} as const;

export interface CcidCommand {
  readonly type: number;
  readonly slot: number;
  readonly seq: number;
  /** Bytes 7 to 9, zero where they are not given. */
  readonly parameters?: readonly [number, number, number];
  readonly data?: Buffer;
}

export interface CcidMessage {
  readonly type: number;
  readonly slot: number;
  readonly seq: number;
  /** bStatus, bError and the byte after them. */
  readonly status: number;
  readonly error: number;
  readonly data: Buffer;
}

export function encodeCommand(command: CcidCommand): Buffer {
  const data = command.data ?? Buffer.alloc(0);
  const frame = Buffer.alloc(2 + MESSAGE_HEADER_BYTES + data.length + 1);
  frame[0] = SYNC;
  frame[1] = ACK;
  frame[2] = command.type;
  frame.writeUInt32LE(data.length, 3);
  frame[7] = command.slot;
  frame[8] = command.seq;
  frame.set(command.parameters ?? [0, 0, 0], 9);
  data.copy(frame, 2 + MESSAGE_HEADER_BYTES);
  let lrc = 0;
  for (const byte of frame.subarray(0, -1)) lrc ^= byte;
  frame[frame.length - 1] = lrc;
  return frame;
}

/** Takes a whole frame apart, whose length and LRC hold. */
export function decodeMessage(frame: Buffer): CcidMessage {
  return {
    type: frame[2]!,
    slot: frame[7]!,
    seq: frame[8]!,
    status: frame[9]!,
    error: frame[10]!,
    data: frame.subarray(2 + MESSAGE_HEADER_BYTES, -1),
  };
}
