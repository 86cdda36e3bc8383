import { randomBytes } from 'node:crypto';
import iconv from 'iconv-lite';
import type { VirtualCard } from '../port.ts';
import type { HealthCardProfile } from './profile.ts';
import { type StoredFile, VirtualFiles } from './virtual-files.ts';

const ROOT = 'DDF1';
const ROOT_NAME = Buffer.from('WS.SYS.DDF01');
const CHALLENGE_BYTES = 8;
/** The key of EXTERNAL AUTHENTICATE: P2. */
const KEY = 0x84;
/** Cryptogram, source and one byte more. */
const SHOWN_BYTES = 17;

const DONE = Buffer.of(0x90, 0x00);
const WRONG_LENGTH = Buffer.of(0x67, 0x00);
const CRYPTOGRAM_WRONG = Buffer.of(0x63, 0x00);
const CHALLENGE_MISSING = Buffer.of(0x69, 0x85);
const FILE_NOT_FOUND = Buffer.of(0x6a, 0x82);
const KEY_NOT_FOUND = Buffer.of(0x6a, 0x88);
const UNKNOWN_INSTRUCTION = Buffer.of(0x6d, 0x00);

export interface HealthCardKeys {
  /** What GET CHALLENGE draws from. */
  readonly random?: (count: number) => Buffer;
  /** What the card's key makes of its challenge; a card of the sandbox has no key where it is absent. */
  readonly cryptogram?: (challenge: Buffer) => Buffer;
}

/**
 * A virtual resident health card (sandbox): WS.SYS.DDF01 with its files, DF01 to DF03 below it, all read freely, on
 * T=0. Its key, where it has one, is given from outside.
 */
export class VirtualHealthCard implements VirtualCard {
  readonly #profile: HealthCardProfile;
  readonly #keys: HealthCardKeys;
  readonly #files: VirtualFiles;
  #folder = '';
  #challenge: Buffer | undefined;
  #waiting: Buffer | undefined;

  constructor(profile: HealthCardProfile, keys: HealthCardKeys = {}) {
    this.#profile = profile;
    this.#keys = keys;
    this.#files = new VirtualFiles(filesOf(profile), ['tag']);
  }

  reset(): Buffer {
    this.#enter('');
    this.#challenge = undefined;
    this.#waiting = undefined;
    return Buffer.from(`3B6D0000${this.#profile.resetInformation}`, 'hex');
  }

  command(apdu: Buffer): Buffer {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (apdu.length < 5) return WRONG_LENGTH;
    const data = apdu.subarray(5, 5 + apdu[4]!);
    switch (apdu.readUInt16BE(0)) {
      case 0x00a4:
        return this.#select(apdu[2]!, data);
      case 0x00c0:
        return waiting && apdu[4] === waiting.length ? Buffer.concat([waiting, DONE]) : WRONG_LENGTH;
      case 0x0084:
        return this.#draw(apdu[4]!);
      case 0x0082:
        return this.#external(apdu[3]!, data);
      default:
        return (apdu[0] === 0 && this.#files.command(apdu, false)) || UNKNOWN_INSTRUCTION;
    }
  }

  #select(p1: number, name: Buffer): Buffer {
    const folder = name.toString('hex').toUpperCase();
    if (p1 === 0x04 || name.length !== 2) return FILE_NOT_FOUND;
    if (folder === ROOT) {
      this.#enter(ROOT);
      this.#waiting = rootInformation();
      return Buffer.of(0x61, this.#waiting.length);
    }
    if (this.#folder === ROOT && this.#files.has(folder)) {
      this.#enter(folder);
      return DONE;
    }
    return this.#folder !== '' && this.#files.select(name.readUInt16BE(0)) ? DONE : FILE_NOT_FOUND;
  }

  #enter(folder: string): void {
    this.#folder = folder;
    this.#files.enter(folder);
  }

  #draw(length: number): Buffer {
    if (length !== CHALLENGE_BYTES) return Buffer.of(0x6c, CHALLENGE_BYTES);
    this.#challenge = (this.#keys.random ?? randomBytes)(CHALLENGE_BYTES);
    return Buffer.concat([this.#challenge, DONE]);
  }

  #external(key: number, data: Buffer): Buffer {
    const challenge = this.#challenge;
    this.#challenge = undefined;
    if (key !== KEY || !this.#keys.cryptogram) return KEY_NOT_FOUND;
    if (data.length !== SHOWN_BYTES) return WRONG_LENGTH;
    if (!challenge) return CHALLENGE_MISSING;
    return data.subarray(0, 8).equals(this.#keys.cryptogram(challenge)) ? DONE : CRYPTOGRAM_WRONG;
  }
}

/** `6F10 84 "WS.SYS.DDF01" A500`, as captured. */
function rootInformation(): Buffer {
  return Buffer.concat([
    Buffer.of(0x6f, ROOT_NAME.length + 4, 0x84, ROOT_NAME.length),
    ROOT_NAME,
    Buffer.of(0xa5, 0),
  ]);
}

function filesOf(profile: HealthCardProfile): Map<string, StoredFile> {
  const { holder } = profile;
  return new Map<string, StoredFile>([
    [
      'DDF1EF05',
      {
        records: [
          text(0x01, profile.category, 1),
          text(0x02, profile.version, 4),
          text(0x03, profile.issuer, 30),
          digits(0x04, profile.issuerCode, 11),
          digits(0x06, profile.issuedOn, 4),
          text(0x08, profile.cardNumber, 18),
          digits(0x39, profile.city, 3),
        ],
      },
    ],
    [
      'DDF1EF06',
      {
        records: [
          text(0x0b, holder?.name ?? '', 30),
          text(0x0c, holder?.sex ?? '', 1),
          digits(0x0d, holder?.nation ?? '', 1),
          digits(0x0e, holder?.birthDate ?? '', 4),
          text(0x0f, holder?.number ?? '', 18),
        ],
      },
    ],
    ['DDF1EF08', { records: [digits(0x07, profile.validTo, 4)] }],
    ['DF01EF08', { records: [text(0x27, profile.archiveNumber, 17), text(0x28, profile.nrcmsNumber, 18)] }],
    ['DF02EF05', { records: [text(0x29, profile.bloodGroup, 1), text(0x2a, profile.rhesus, 1)] }],
    // One visit is kept, and the places of four more are free.
    ['DF03EF05', { content: Buffer.from('00FFFFFFFF', 'hex') }],
    ['DF03EF06', { content: Buffer.from('FFFFFFFFFF', 'hex') }],
  ]);
}

/** GBK, left-aligned, filled with 00. */
function text(tag: number, value: string, length: number): Buffer {
  const field = Buffer.alloc(length);
  iconv.encode(value, 'gbk').copy(field);
  return Buffer.concat([Buffer.of(tag, length), field]);
}

/** Two digits a byte, filled with F. */
function digits(tag: number, value: string, length: number): Buffer {
  return Buffer.concat([Buffer.of(tag, length), Buffer.from(value.padEnd(length * 2, 'F'), 'hex')]);
}
