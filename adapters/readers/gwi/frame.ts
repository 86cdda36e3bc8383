/**
 * Frames of the GWI-IC20 family of USB readers, as decoded from a public capture.
 *
 *     02 | each half byte of the payload as 30..3F | 03
 *     payload: LEN | DATA | CHK
 *     DATA of a request: command, slot, parameters; of a reply: status | data
 *
 * LEN, two bytes, big-endian, counts DATA; CHK is the XOR of DATA. They travel in reports of 64 bytes without a report
 * id; a longer frame goes on in the reports that follow, with nothing between.
 */
export const REPORT_BYTES = 64;

export const STX = 0x02;
export const ETX = 0x03;

/** Half bytes of LEN. */
export const LENGTH_NIBBLES = 4;

export const STATUS_BYTES = 2;

/** A status and the longest answer of a chip card, 256 bytes and its own two of status. */
export const REPLY_DATA_BYTES_MAX = STATUS_BYTES + 256 + 2;

export const FRAME_BYTES_MAX = frameBytesOf(REPLY_DATA_BYTES_MAX);

export interface GwiReply {
  readonly status: number;
  readonly data: Buffer;
}

/** The length of a frame with so many bytes of DATA. */
export function frameBytesOf(dataBytes: number): number {
  return 1 + LENGTH_NIBBLES + 2 * (dataBytes + 1) + 1;
}

export function isNibble(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x3f;
}

export function encodeFrame(data: Buffer): Buffer {
  const frame = Buffer.alloc(frameBytesOf(data.length));
  let at = 0;
  const put = (byte: number) => {
    frame[++at] = 0x30 + (byte >> 4);
    frame[++at] = 0x30 + (byte & 0x0f);
  };
  frame[0] = STX;
  put(data.length >> 8);
  put(data.length & 0xff);
  let checksum = 0;
  for (const byte of data) {
    put(byte);
    checksum ^= byte;
  }
  put(checksum);
  frame[frame.length - 1] = ETX;
  return frame;
}

/** Takes a whole frame of half bytes apart, whose length holds. Undefined where its checksum does not. */
export function decodeReply(frame: Buffer): GwiReply | undefined {
  const start = 1 + LENGTH_NIBBLES;
  const data = Buffer.alloc((frame.length - start - 2 - 1) / 2);
  let checksum = byteAt(frame, frame.length - 3);
  for (let index = 0; index < data.length; index++) {
    data[index] = byteAt(frame, start + 2 * index);
    checksum ^= data[index]!;
  }
  if (checksum !== 0) return undefined;
  return { status: data.readUInt16BE(0), data: data.subarray(STATUS_BYTES) };
}

/** The byte whose half bytes stand at `at` and behind it. */
function byteAt(frame: Buffer, at: number): number {
  return ((frame[at]! & 0x0f) << 4) | (frame[at + 1]! & 0x0f);
}
