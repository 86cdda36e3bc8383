import { BLOCK_BYTES, cryptogramOf, sessionKey } from '../encryption/scheme.ts';
import type { VirtualCard } from '../port.ts';

const ATR = Buffer.from('3B6D00000059494B41544F4E4700000001', 'hex');
const APPLICATION_NAME = Buffer.from('D15600000590', 'hex');
const APPLICATION_FILE = Buffer.from('DF01', 'hex');

const DONE = Buffer.of(0x90, 0x00);
const WRONG_LENGTH = Buffer.of(0x67, 0x00);
const NOT_READY = Buffer.of(0x69, 0x85);
const FILE_NOT_FOUND = Buffer.of(0x6a, 0x82);
const NO_SUCH_KEY = Buffer.of(0x6a, 0x88);
const UNKNOWN_INSTRUCTION = Buffer.of(0x6d, 0x00);

/**
 * The keys of the sandbox's PSAM by usage byte and index, as the scripts in the field have them, and the card's key
 * that each opens. The high three bits of the usage byte are the levels.
 */
const KEYS: ReadonlyMap<string, number> = new Map([
  ['2812', 0x04],
  ['485D', 0x07],
  ['6708', 0x0d],
]);

export interface VirtualPsamOptions {
  /** A module of another province: none of the keys; default false. */
  readonly keyless?: boolean;
  /** Whether it knows its application by name; some know the file only. Default true. */
  readonly knowsItsName?: boolean;
}

/**
 * A sandbox PSAM, whose keys and cryptograms are made up (see the scheme of the sandbox):
 *
 *     reset ──SELECT──► application ──BFDE──► a temporary key ──80FA──► cryptogram, by GET RESPONSE
 */
export class VirtualPsam implements VirtualCard {
  readonly #options: VirtualPsamOptions;
  #selected = false;
  #session: Buffer | undefined;
  #waiting: Buffer | undefined;

  constructor(options: VirtualPsamOptions = {}) {
    this.#options = options;
  }

  reset(): Buffer {
    this.#selected = false;
    this.#session = undefined;
    this.#waiting = undefined;
    return Buffer.from(ATR);
  }

  command(apdu: Buffer): Buffer {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (apdu.length < 5) return WRONG_LENGTH;
    const data = apdu.subarray(5, 5 + apdu[4]!);
    switch (apdu.readUInt16BE(0)) {
      case 0x00a4:
        return this.#select(apdu[2]!, data);
      case 0xbfde:
        return this.#deriveKey(apdu[2]!, apdu[3]!, data);
      case 0x80fa:
        return this.#encrypt(data);
      case 0x00c0:
        return waiting && waiting.length === apdu[4] ? Buffer.concat([waiting, DONE]) : WRONG_LENGTH;
      default:
        return UNKNOWN_INSTRUCTION;
    }
  }

  #select(p1: number, name: Buffer): Buffer {
    const { knowsItsName = true } = this.#options;
    const known = p1 === 0x04 ? knowsItsName && name.equals(APPLICATION_NAME) : name.equals(APPLICATION_FILE);
    this.#selected = known;
    return known ? DONE : FILE_NOT_FOUND;
  }

  /** One factor a level, and the card's challenge. */
  #deriveKey(usage: number, index: number, data: Buffer): Buffer {
    if (!this.#selected) return NOT_READY;
    const key = KEYS.get(Buffer.of(usage, index).toString('hex').toUpperCase());
    if (key === undefined || this.#options.keyless) return NO_SUCH_KEY;
    if (data.length !== ((usage >> 5) + 1) * BLOCK_BYTES) return WRONG_LENGTH;
    const factors = Array.from({ length: data.length / BLOCK_BYTES }, (_, at) =>
      data.subarray(at * BLOCK_BYTES, (at + 1) * BLOCK_BYTES),
    );
    this.#session = sessionKey('des', key, factors);
    return DONE;
  }

  #encrypt(source: Buffer): Buffer {
    if (!this.#session) return NOT_READY;
    if (source.length !== BLOCK_BYTES) return WRONG_LENGTH;
    this.#waiting = cryptogramOf('des', this.#session, source);
    return Buffer.of(0x61, BLOCK_BYTES);
  }
}
