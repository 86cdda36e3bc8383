import { randomBytes } from 'node:crypto';
import type { VirtualCard } from '../port.ts';
import { CardKeys } from './card-keys.ts';
import { FurtherFiles } from './further-files.ts';
import type { SocialSecurityProfile } from './profile.ts';
import { filesOf, type StoredRecord } from './social-security-files.ts';

/** "sx1.sh.社会保障" in GBK (LD/T 32). */
const APPLICATION_NAME = Buffer.from('7378312E73682EC9E7BBE1B1A3D5CF', 'hex');
const EF05 = 0xef05;
const EF06 = 0xef06;
/** 卡号, which generation 3 keeps as it keeps EF06. */
const CARD_NUMBER = 0x07;

const DONE = Buffer.of(0x90, 0x00);
const WRONG_LENGTH = Buffer.of(0x67, 0x00);
const NOT_AUTHENTICATED = Buffer.of(0x69, 0x82);
const NO_FILE_SELECTED = Buffer.of(0x69, 0x86);
const FILE_NOT_FOUND = Buffer.of(0x6a, 0x82);
const RECORD_NOT_FOUND = Buffer.of(0x6a, 0x83);
const WRONG_P1P2 = Buffer.of(0x6a, 0x86);
const UNKNOWN_INSTRUCTION = Buffer.of(0x6d, 0x00);
const UNKNOWN_CLASS = Buffer.of(0x6e, 0x00);

/** Makes a social-security card of a profile. `random` is what GET CHALLENGE draws from. */
export function socialSecurityCard(
  profile: SocialSecurityProfile,
  random: (count: number) => Buffer = randomBytes,
): VirtualCard {
  const files = filesOf(profile);
  return new FurtherFiles(profile, new SocialSecurityCard(profile, random, files), files);
}

/**
 * A virtual card between two resets:
 *
 *     nothing selected ──SELECT name──► application ──SELECT EF05, EF06──► file, whose records can be read
 *
 * Generation 3 answers 6982 for EF06 and the card number until EXTERNAL AUTHENTICATE opens them, with made-up keys: see
 * the scheme of the sandbox.
 */
class SocialSecurityCard implements VirtualCard {
  readonly #profile: SocialSecurityProfile;
  readonly #keys: CardKeys;
  readonly #files: ReadonlyMap<number, readonly StoredRecord[]>;
  #inApplication = false;
  #file: number | undefined;
  /** What GET RESPONSE will give. */
  #waiting: Buffer = Buffer.alloc(0);

  constructor(
    profile: SocialSecurityProfile,
    random: (count: number) => Buffer,
    files: ReadonlyMap<number, readonly StoredRecord[]>,
  ) {
    this.#profile = profile;
    this.#keys = new CardKeys(profile, random);
    this.#files = files;
  }

  /** T=0, 13 historical bytes. */
  reset(): Buffer {
    this.#inApplication = !this.#profile.behaviour.knowsItsName;
    this.#file = undefined;
    this.#waiting = Buffer.alloc(0);
    this.#keys.lock();
    return Buffer.concat([
      Buffer.of(0x3b, 0x6d, 0x00, 0x00),
      Buffer.from(this.#profile.resetInformation, 'hex'),
    ]);
  }

  command(apdu: Buffer): Buffer {
    const waiting = this.#waiting;
    this.#waiting = Buffer.alloc(0);
    if (apdu.length < 4) return WRONG_LENGTH;
    const [cla, ins, p1, p2] = apdu as unknown as [number, number, number, number];
    if (cla !== 0x00) return UNKNOWN_CLASS;
    if (ins === 0xa4) return this.#select(p1, apdu);
    if (ins === 0xb2) return this.#readRecord(p1, p2, apdu);
    if (ins === 0xc0) return this.#getResponse(waiting, apdu);
    if (ins === 0x84) return this.#keys.draw(apdu);
    if (ins === 0x88) return this.#internalAuthenticate(apdu);
    if (ins === 0x82) return this.#keys.external(p2, apdu);
    return UNKNOWN_INSTRUCTION;
  }

  #select(p1: number, apdu: Buffer): Buffer {
    const length = apdu[4] ?? 0;
    if (length === 0 || apdu.length < 5 + length || apdu.length > 6 + length) return WRONG_LENGTH;
    const name = apdu.subarray(5, 5 + length);
    if (p1 === 0x04) return this.#selectApplication(name);
    if (p1 === 0x00 || p1 === 0x02) return this.#selectFile(name);
    return WRONG_P1P2;
  }

  #selectApplication(name: Buffer): Buffer {
    if (!this.#profile.behaviour.knowsItsName || !name.equals(APPLICATION_NAME)) return FILE_NOT_FOUND;
    this.#inApplication = true;
    this.#file = undefined;
    this.#keys.lock();
    return this.#give(fileControlInformation(this.#profile));
  }

  #selectFile(name: Buffer): Buffer {
    const file = name.length === 2 ? name.readUInt16BE(0) : 0;
    if (!this.#inApplication || !this.#files.has(file)) return FILE_NOT_FOUND;
    this.#file = file;
    return DONE;
  }

  /** Low three bits of P2: what P1 is. High five: a short file id, which selects that file. */
  #readRecord(p1: number, p2: number, apdu: Buffer): Buffer {
    const short = p2 >> 3;
    const file = short === 0 ? this.#file : 0xef00 + short;
    const records = file === undefined ? undefined : this.#files.get(file);
    if (!records || !this.#inApplication) return short === 0 ? NO_FILE_SELECTED : FILE_NOT_FOUND;
    if (file === EF06 && !this.#keys.holderOpen) return NOT_AUTHENTICATED;
    this.#file = file;
    const found = this.#recordsAt(records, p1, p2 & 0x07);
    if (Buffer.isBuffer(found)) return found;
    const locked = file === EF05 && found.some(({ tag }) => tag === CARD_NUMBER) && !this.#keys.holderOpen;
    if (locked) return NOT_AUTHENTICATED;
    if (found.length === 0) return RECORD_NOT_FOUND;
    return this.#withLength(Buffer.concat(found.map((record) => record.bytes)), apdu);
  }

  #recordsAt(records: readonly StoredRecord[], p1: number, reference: number): StoredRecord[] | Buffer {
    const { recordModes } = this.#profile.behaviour;
    if (reference === 0 && recordModes.includes('tag')) return records.filter((record) => record.tag === p1);
    if (p1 === 0 || !recordModes.includes('number')) return WRONG_P1P2;
    if (reference === 4) return records.slice(p1 - 1, p1);
    return reference === 5 ? records.slice(p1 - 1) : WRONG_P1P2;
  }

  /** Le must be exact, or 00 where the card is not bound to T=0; anything else is told the right one. */
  #withLength(data: Buffer, apdu: Buffer): Buffer {
    const length = apdu[4];
    const all = length === undefined || length === 0;
    if (length === data.length || (all && !this.#profile.behaviour.getResponse))
      return Buffer.concat([data, DONE]);
    return Buffer.of(0x6c, data.length);
  }

  /** Data after a command that carried data: on T=0 it waits for GET RESPONSE. */
  #give(data: Buffer): Buffer {
    if (!this.#profile.behaviour.getResponse) return Buffer.concat([data, DONE]);
    this.#waiting = data;
    return Buffer.of(0x61, data.length);
  }

  #getResponse(waiting: Buffer, apdu: Buffer): Buffer {
    const length = apdu[4] ?? 0;
    if (waiting.length === 0) return WRONG_LENGTH;
    if (length === waiting.length) return Buffer.concat([waiting, DONE]);
    this.#waiting = waiting;
    return Buffer.of(0x6c, waiting.length);
  }

  #internalAuthenticate(apdu: Buffer): Buffer {
    const answer = this.#keys.internal(apdu);
    return 'status' in answer ? answer.status : this.#give(answer.data);
  }
}

/** `6F … 84 name, A5 … 88 01 1E` as real cards have it, and from generation 2 on the algorithm of the keys: `9F0C 03 86 01 xx`. */
function fileControlInformation(profile: SocialSecurityProfile): Buffer {
  const algorithm = { '1.00': undefined, '2.00': 0x01, '3.00': 0x03 }[profile.version];
  const shortId = Buffer.of(0x88, 0x01, 0x1e);
  const issuer = algorithm === undefined ? [] : [Buffer.of(0x9f, 0x0c, 0x03, 0x86, 0x01, algorithm)];
  const proprietary = tlv(0xa5, Buffer.concat([shortId, ...issuer]));
  return tlv(0x6f, Buffer.concat([tlv(0x84, APPLICATION_NAME), proprietary]));
}

function tlv(tag: number, value: Buffer): Buffer {
  return Buffer.concat([Buffer.of(tag, value.length), value]);
}
