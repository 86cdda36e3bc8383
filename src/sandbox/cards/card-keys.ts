import {
  BLOCK_BYTES,
  CRYPTOGRAM_BYTES,
  cryptogramOf,
  factorsFor,
  INTERNAL_KEY,
  isPsamKey,
  READING_KEY,
  sessionKey,
} from '../encryption/scheme.ts';
import type { SocialSecurityProfile } from './profile.ts';

const TRIES = 3;

/**
 * Keys for EXTERNAL AUTHENTICATE: those that open the holder (04, 07 and 0D of a PSAM, 0A of the encryption machine),
 * and those of further files, each named by the last byte of its address (LD/T 33: 00803F is 3F).
 */
const HOLDER_KEYS = [0x04, 0x07, READING_KEY, 0x0d];
const FILE_KEYS = [0x2c, 0x2d, 0x2e, 0x35, 0x3d, 0x3f, 0xb1];

const DONE = Buffer.of(0x90, 0x00);
const WRONG_LENGTH = Buffer.of(0x67, 0x00);
const KEY_LOCKED = Buffer.of(0x69, 0x83);
const NO_CHALLENGE = Buffer.of(0x69, 0x85);
const NO_SUCH_KEY = Buffer.of(0x6a, 0x88);

/** The keys of a virtual card: its challenges, what they opened, and the tries that are left, which outlive a reset. */
export class CardKeys {
  readonly #profile: SocialSecurityProfile;
  readonly #random: (count: number) => Buffer;
  readonly #triesLeft = new Map([...HOLDER_KEYS, ...FILE_KEYS].map((key) => [key, TRIES]));
  readonly #open = new Set<number>();
  #challenge: Buffer | undefined;

  constructor(profile: SocialSecurityProfile, random: (count: number) => Buffer) {
    this.#profile = profile;
    this.#random = random;
  }

  /** Power-up, or another application: what was opened is closed. */
  lock(): void {
    this.#open.clear();
    this.#challenge = undefined;
  }

  /** Whether what names the holder may be read: on generation 3, after any of its keys. */
  get holderOpen(): boolean {
    return this.#profile.version !== '3.00' || HOLDER_KEYS.some((key) => this.#open.has(key));
  }

  /** GET CHALLENGE. Only the last one counts. */
  draw(apdu: Buffer): Buffer {
    if ((apdu[4] ?? 0) !== BLOCK_BYTES) return Buffer.of(0x6c, BLOCK_BYTES);
    this.#challenge = this.#random(BLOCK_BYTES);
    return Buffer.concat([this.#challenge, DONE]);
  }

  /** INTERNAL AUTHENTICATE over `factor ‖ source`. Answers sixteen bytes, or a status. */
  internal(apdu: Buffer): { readonly data: Buffer } | { readonly status: Buffer } {
    const data = dataOf(apdu);
    if (data?.length !== 2 * BLOCK_BYTES) return { status: WRONG_LENGTH };
    return { data: this.#shown(INTERNAL_KEY, data.subarray(0, BLOCK_BYTES), data.subarray(BLOCK_BYTES)) };
  }

  /** EXTERNAL AUTHENTICATE: `cryptogram ‖ source` over the last challenge, which it uses up. */
  external(key: number, apdu: Buffer): Buffer {
    const data = dataOf(apdu);
    const left = this.#triesLeft.get(key);
    const challenge = this.#challenge;
    if (data?.length !== CRYPTOGRAM_BYTES + BLOCK_BYTES) return WRONG_LENGTH;
    if (left === undefined) return NO_SUCH_KEY;
    if (left === 0) return KEY_LOCKED;
    if (!challenge) return NO_CHALLENGE;
    this.#challenge = undefined;
    if (!this.#shown(key, challenge, data.subarray(CRYPTOGRAM_BYTES)).equals(data)) {
      this.#triesLeft.set(key, left - 1);
      return Buffer.of(0x63, 0xc0 | (left - 1));
    }
    this.#triesLeft.set(key, TRIES);
    this.#open.add(key);
    return DONE;
  }

  /** `cryptogram ‖ source`, as this card computes it. */
  #shown(key: number, factor: Buffer, source: Buffer): Buffer {
    const { version, resetInformation, cardId } = this.#profile;
    const algorithm = version === '3.00' && !isPsamKey(key) ? 'sm4' : 'des';
    const factors = [...factorsFor(key, resetInformation, cardId.slice(0, 6)), factor];
    return Buffer.concat([cryptogramOf(algorithm, sessionKey(algorithm, key, factors), source), source]);
  }
}

function dataOf(apdu: Buffer): Buffer | undefined {
  const length = apdu[4] ?? 0;
  const whole = apdu.length === 5 + length || apdu.length === 6 + length;
  return whole ? apdu.subarray(5, 5 + length) : undefined;
}
