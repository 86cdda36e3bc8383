/**
 * The keys of the sandbox, made up. How a real card, PSAM and encryption machine derive keys and compute cryptograms is
 * not public; the virtual ones share this scheme, which has the same inputs in the same order, so that whatever asks
 * them must get those right. It proves nothing about the cryptograms of a real card, and opens none.
 */
import { createCipheriv, createHash } from 'node:crypto';

export type KeyAlgorithm = 'des' | 'sm4';

export const BLOCK_BYTES = 8;
export const CRYPTOGRAM_BYTES = 8;

/** Reads SSSE EF06 and 卡号 (LD/T 32, generation 3), and answers INTERNAL AUTHENTICATE. */
export const READING_KEY = 0x0a;
export const INTERNAL_KEY = 0x00;

/** Keys of the encryption machine are diversified by card and city. */
const MACHINE_LEVELS = 2;

/** Keys that a PSAM has, and by how many levels each is diversified (card; card, city; card, city, province). */
const psamLevels: ReadonlyMap<number, number> = new Map([
  [0x04, 1],
  [0x07, 2],
  [0x0d, 3],
]);

/** A PSAM's keys are 3DES, whatever the card's own algorithm. */
export function isPsamKey(key: number): boolean {
  return psamLevels.has(key);
}

/** The factors of a card's key: the last eight historical bytes, "639900sx", "630000sh". */
export function factorsFor(key: number, resetInformation: string, region: string): Buffer[] {
  const card = Buffer.from(resetInformation, 'hex').subarray(-BLOCK_BYTES);
  const city = Buffer.from(`${region}sx`);
  const province = Buffer.from(`${region.slice(0, 2)}0000sh`);
  return [card, city, province].slice(0, psamLevels.get(key) ?? MACHINE_LEVELS);
}

/** The key of one exchange: the master key, derived by each factor in turn, the card's challenge last. */
export function sessionKey(algorithm: KeyAlgorithm, key: number, factors: readonly Buffer[]): Buffer {
  return factors.reduce(
    (above, factor) => encrypted(algorithm, above, both(factor)),
    createHash('sm3').update(`yikatong sandbox ${algorithm} key ${key}`).digest().subarray(0, 16),
  );
}

/** What a session key makes of a source. */
export function cryptogramOf(algorithm: KeyAlgorithm, session: Buffer, source: Buffer): Buffer {
  return encrypted(algorithm, session, both(source)).subarray(0, CRYPTOGRAM_BYTES);
}

function both(block: Buffer): Buffer {
  return Buffer.concat([block, block.map((byte) => ~byte & 0xff)]);
}

function encrypted(algorithm: KeyAlgorithm, key: Buffer, data: Buffer): Buffer {
  const cipher = createCipheriv(algorithm === 'sm4' ? 'sm4-ecb' : 'des-ede-ecb', key, null);
  return Buffer.concat([cipher.setAutoPadding(false).update(data), cipher.final()]);
}
