/**
 * The dialect of HD (华大) readers: feature reports of 33 bytes, the report id 00 included.
 *
 *     request: 00 | 02, or 82 where more follows | 08 00 | LEN | command [slot parameter] [data] | CHK
 *     reply:   00 | 02, or 82 where more follows | ?? | status | LEN | data
 *     what follows, either way: 00 | 02 or 82 | the next 31 bytes
 *
 * LEN, two bytes, little-endian, counts what lies between it and CHK; CHK is the XOR of everything from 08 on. In the
 * reply to a reset the first byte of the ATR stands where the high byte of LEN would.
 *
 * Everything here comes from one public source, the vendor's own sample code (SSSE32.cpp); nothing of it was captured.
 */
export const REPORT_BYTES = 33;

export const REPORT_ID = 0x00;

export const mark = { last: 0x02, more: 0x82 } as const;

export const command = {
  serialNumber: 0x11,
  apdu: 0x72,
  powerOff: 0x73,
  reset: 0x75,
  cardStatus: 0x77,
} as const;

/** The byte behind the slot. */
export const parameter = { apdu: 0x00, reset: 0x40 } as const;

export const slots = { main: 0x0c, sams: [0x0d, 0x0e, 0x0f, 0x10] } as const;

export const status = {
  ok: 0x00,
  /** To the question for the card's status, as `ok` is there: a card with power. */
  noPower: 0x01,
  noCard: 0x02,
  /** The reader is not done. */
  working: 0xcc,
  cardMute: 0xc2,
} as const;

/** Id and mark. */
export const REPORT_HEADER_BYTES = 2;
const PIECE_BYTES = REPORT_BYTES - REPORT_HEADER_BYTES;

/** The longest answer of a chip card, with its status. */
export const REPLY_DATA_BYTES_MAX = 256 + 2;

/** Cuts a request into reports. */
export function encodeRequest(code: number, rest: Buffer = Buffer.alloc(0)): Buffer[] {
  const dataBytes = 1 + rest.length;
  const body = Buffer.concat([
    Buffer.of(0x08, 0x00, dataBytes & 0xff, dataBytes >> 8, code),
    rest,
    Buffer.of(0),
  ]);
  let checksum = 0;
  for (const byte of body) checksum ^= byte;
  body[body.length - 1] = checksum;
  const reports: Buffer[] = [];
  for (let at = 0; at < body.length; at += PIECE_BYTES) {
    const report = Buffer.alloc(REPORT_BYTES);
    report[0] = REPORT_ID;
    report[1] = at + PIECE_BYTES < body.length ? mark.more : mark.last;
    body.copy(report, REPORT_HEADER_BYTES, at, at + PIECE_BYTES);
    reports.push(report);
  }
  return reports;
}
