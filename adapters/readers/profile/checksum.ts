import type { ProfileFrame } from '../../../schemas/reader-profile.ts';

/** How a frame's checksum is made of the bytes it covers. */
export interface Checksum {
  readonly of: (bytes: Uint8Array) => Uint8Array;
  readonly bytes: number;
}

const NOTHING = new Uint8Array(0);

/** CRCs by their names in the catalogue of parametrised CRC algorithms, in the order their bytes are sent. */
export const checksums: Readonly<Record<ProfileFrame['checksum']['kind'], Checksum>> = {
  none: { bytes: 0, of: () => NOTHING },
  xor: { bytes: 1, of: (bytes) => Uint8Array.of(bytes.reduce((sum, byte) => sum ^ byte, 0)) },
  sum8: { bytes: 1, of: (bytes) => Uint8Array.of(bytes.reduce((sum, byte) => sum + byte, 0)) },
  'crc16-modbus': { bytes: 2, of: (bytes) => lowFirst(crcReflected(bytes, 0xa001, 0xffff)) },
  'crc16-xmodem': { bytes: 2, of: (bytes) => highFirst(crc(bytes, 0x1021, 0)) },
  'crc16-ibm-3740': { bytes: 2, of: (bytes) => highFirst(crc(bytes, 0x1021, 0xffff)) },
};

function crc(bytes: Uint8Array, polynomial: number, initial: number): number {
  let sum = initial;
  for (const byte of bytes) {
    sum ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) sum = (sum & 0x8000 ? (sum << 1) ^ polynomial : sum << 1) & 0xffff;
  }
  return sum;
}

/** Bits the other way round, the polynomial's too. */
function crcReflected(bytes: Uint8Array, polynomial: number, initial: number): number {
  let sum = initial;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >> 1) ^ polynomial : sum >> 1;
  }
  return sum;
}

function lowFirst(sum: number): Uint8Array {
  return Uint8Array.of(sum & 0xff, sum >> 8);
}

function highFirst(sum: number): Uint8Array {
  return Uint8Array.of(sum >> 8, sum & 0xff);
}
