/**
 * Frames of the SAM_V module that reads resident ID cards (GA 467).
 *
 *     request: AA AA AA 96 69 | LEN | CMD PARA [DATA] | CHK
 *     reply:   AA AA AA 96 69 | LEN | SW1 SW2 SW3 [DATA] | CHK
 *
 * LEN, two bytes, big-endian, counts what follows it, CHK included. CHK is the XOR of everything from LEN to the byte
 * before it.
 */
export const PREAMBLE = Buffer.from('AAAAAA9669', 'hex');

/** Before SW1: the preamble and LEN. */
export const HEADER_BYTES = PREAMBLE.length + 2;

/** SW1 SW2 SW3 CHK. */
export const LENGTH_MIN = 4;

/** The longest reply known: text, photo and fingerprint, LEN 090A. */
export const REPLY_BYTES_MAX = 2_321;

/** A reply. SW1 and SW2 are 00 in every reply known; SW3 says what happened. */
export interface SamReply {
  readonly sw: readonly [number, number, number];
  readonly data: Buffer;
}

export function encodeRequest(command: number, parameter: number, data: Buffer = Buffer.alloc(0)): Buffer {
  const frame = Buffer.alloc(HEADER_BYTES + 2 + data.length + 1);
  PREAMBLE.copy(frame);
  frame.writeUInt16BE(2 + data.length + 1, PREAMBLE.length);
  frame[HEADER_BYTES] = command;
  frame[HEADER_BYTES + 1] = parameter;
  data.copy(frame, HEADER_BYTES + 2);
  let checksum = 0;
  for (const byte of frame.subarray(PREAMBLE.length, -1)) checksum ^= byte;
  frame[frame.length - 1] = checksum;
  return frame;
}

/** Takes a whole frame apart, whose preamble, length and checksum hold. */
export function decodeReply(frame: Buffer): SamReply {
  return {
    sw: [frame[HEADER_BYTES]!, frame[HEADER_BYTES + 1]!, frame[HEADER_BYTES + 2]!],
    data: frame.subarray(HEADER_BYTES + 3, -1),
  };
}

/**
 * Text and photo of a read. The lengths stand before them, two bytes each; whether a third one, of a fingerprint,
 * follows is told by the length of the whole alone. Undefined where the lengths don't add up.
 */
export function decodeBlocks(data: Buffer): { text: Buffer; photo: Buffer } | undefined {
  if (data.length < 4) return undefined;
  const textBytes = data.readUInt16BE(0);
  const photoBytes = data.readUInt16BE(2);
  const start = [
    { headBytes: 4, fingerprintBytes: 0 },
    { headBytes: 6, fingerprintBytes: data.length >= 6 ? data.readUInt16BE(4) : 0 },
  ].find(
    (form) => form.headBytes + textBytes + photoBytes + form.fingerprintBytes === data.length,
  )?.headBytes;
  if (start === undefined) return undefined;
  return {
    text: data.subarray(start, start + textBytes),
    photo: data.subarray(start + textBytes, start + textBytes + photoBytes),
  };
}
