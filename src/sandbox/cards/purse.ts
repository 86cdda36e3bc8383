import { randomBytes } from 'node:crypto';
import type { VirtualCard } from '../port.ts';
import type { PurseProfile } from './profile.ts';
import {
  loadMac1,
  loadMac2,
  loadSessionKey,
  loadTac,
  type MacFields,
  purchaseMac1,
  purchaseMac2,
  purchaseSessionKey,
  purchaseTac,
  TEST_KEY,
} from './purse-cryptogram.ts';

const LOAD = 0x02;
const PURCHASE = 0x06;
const LOG_RECORDS = 10;

const DONE = Buffer.of(0x90, 0x00);
const WRONG_LENGTH = Buffer.of(0x67, 0x00);
const NOT_BEGUN = Buffer.of(0x69, 0x85);
const FILE_NOT_FOUND = Buffer.of(0x6a, 0x82);
const RECORD_NOT_FOUND = Buffer.of(0x6a, 0x83);
const WRONG_P1P2 = Buffer.of(0x6a, 0x86);
const UNKNOWN_INSTRUCTION = Buffer.of(0x6d, 0x00);
const MAC_WRONG = Buffer.of(0x93, 0x02);
const TOO_LITTLE = Buffer.of(0x94, 0x01);
const NO_SUCH_PROOF = Buffer.of(0x94, 0x06);
/** What a card says whose contacts are gone, until it is powered up again. */
const NOTHING = Buffer.alloc(0);

/** What can go wrong on purpose at the next DEBIT or CREDIT. */
export type PurseMisbehaviour =
  /** The card loses power before it does anything. */
  | 'torn-before'
  /** It does it, and loses power before it answers. */
  | 'torn-after'
  /** It does it and answers with a MAC2 that is not right. */
  | 'wrong-mac2';

interface Begun {
  readonly type: number;
  readonly amountFen: number;
  readonly terminal: Buffer;
  readonly random: Buffer;
}

interface Proof {
  readonly type: number;
  readonly sequence: number;
  readonly bytes: Buffer;
}

/**
 * A virtual electronic purse (sandbox) on another virtual card, under the published test key:
 *
 *     the card inside ──SELECT purse──► selected ──INITIALIZE──► begun ──DEBIT, CREDIT──► selected
 *
 * INITIALIZE changes nothing that lasts; DEBIT and CREDIT change balance, number and log in one step. Whatever it does
 * not know goes to the card inside, once another application is selected.
 */
export class VirtualPurse implements VirtualCard {
  readonly #profile: PurseProfile;
  readonly #inner: VirtualCard;
  readonly #random: (count: number) => Buffer;
  readonly #misbehaviours: PurseMisbehaviour[] = [];
  readonly #log: Buffer[] = [];
  readonly #sequences = new Map([
    [PURCHASE, 0],
    [LOAD, 0],
  ]);
  #balanceFen: number;
  #proof: Proof | undefined;
  #selected = false;
  #powered = true;
  #begun: Begun | undefined;
  #waiting: Buffer | undefined;

  constructor(profile: PurseProfile, inner: VirtualCard, random = randomBytes as (count: number) => Buffer) {
    this.#profile = profile;
    this.#inner = inner;
    this.#random = random;
    this.#balanceFen = profile.balanceFen;
  }

  get balanceFen(): number {
    return this.#balanceFen;
  }

  /** Does this at the next DEBIT or CREDIT that has nothing in store for it yet. */
  misbehave(misbehaviour: PurseMisbehaviour): void {
    this.#misbehaviours.push(misbehaviour);
  }

  /** Forgets what was in store. */
  calm(): void {
    this.#misbehaviours.length = 0;
  }

  reset(): Buffer {
    this.#powered = true;
    this.#leave();
    return this.#inner.reset();
  }

  command(apdu: Buffer): Buffer {
    if (!this.#powered) return NOTHING;
    const data = apdu.subarray(5, 5 + (apdu[4] ?? 0));
    if (apdu.length >= 5 && apdu[1] === 0xa4) return this.#select(apdu, data);
    if (!this.#selected) return this.#inner.command(apdu);
    if (apdu.length < 5) return WRONG_LENGTH;
    const [, , p1, p2] = apdu as unknown as [number, number, number, number];
    switch (apdu.readUInt16BE(0)) {
      case 0x00c0:
        return this.#getResponse(apdu);
      case 0x00b0:
        return p1 === 0x95 ? Buffer.concat([this.#publicData(), DONE]) : FILE_NOT_FOUND;
      case 0x00b2:
        return this.#readLog(p1, p2);
      case 0x805c:
        return Buffer.concat([uint32(this.#balanceFen), DONE]);
      case 0x8050:
        return this.#initialize(p1 === 0x01 ? PURCHASE : LOAD, data);
      case 0x8054:
      case 0x8052:
        return this.#move(data);
      case 0x805a:
        return this.#prove(p2, data);
      default:
        return UNKNOWN_INSTRUCTION;
    }
  }

  #select(apdu: Buffer, name: Buffer): Buffer {
    if (apdu[2] === 0x04 && name.equals(Buffer.from(this.#profile.application, 'hex'))) {
      this.#leave();
      this.#selected = true;
      return this.#give(Buffer.concat([Buffer.of(0x6f, name.length + 2, 0x84, name.length), name]));
    }
    if (apdu[2] === 0x04) this.#leave();
    return this.#selected ? FILE_NOT_FOUND : this.#inner.command(apdu);
  }

  #leave(): void {
    this.#selected = false;
    this.#begun = undefined;
    this.#waiting = undefined;
  }

  #initialize(type: number, data: Buffer): Buffer {
    if (data.length !== 11) return WRONG_LENGTH;
    const amountFen = data.readUInt32BE(1);
    if (type === PURCHASE && amountFen > this.#balanceFen) return TOO_LITTLE;
    const begun = { type, amountFen, terminal: Buffer.from(data.subarray(5, 11)), random: this.#random(4) };
    this.#begun = begun;
    const head = Buffer.concat([uint32(this.#balanceFen), this.#sequence(type)]);
    const keys = Buffer.of(0x01, 0x00);
    if (type === PURCHASE) return this.#give(Buffer.concat([head, Buffer.alloc(3), keys, begun.random]));
    const session = loadSessionKey(TEST_KEY, begun.random, this.#sequence(type));
    const mac1 = loadMac1(session, {
      ...{ balance: uint32(this.#balanceFen), amount: uint32(amountFen), type, terminal: begun.terminal },
    });
    return this.#give(Buffer.concat([head, keys, begun.random, mac1]));
  }

  /** DEBIT: terminalSequence(4) date(4) time(3) MAC1(4). CREDIT: date(4) time(3) MAC2(4). */
  #move(data: Buffer): Buffer {
    const begun = this.#begun;
    if (!begun) return NOT_BEGUN;
    if (data.length !== (begun.type === PURCHASE ? 15 : 11)) return WRONG_LENGTH;
    const misbehaviour = this.#misbehaviours.shift();
    if (misbehaviour === 'torn-before') return this.#loseSupply();
    this.#begun = undefined;
    const answer = begun.type === PURCHASE ? this.#debit(begun, data) : this.#credit(begun, data);
    if (!answer) return MAC_WRONG;
    if (misbehaviour === 'torn-after') return this.#loseSupply();
    if (misbehaviour === 'wrong-mac2') answer[answer.length - 1]! ^= 0xff;
    return this.#give(answer);
  }

  #debit({ type, amountFen, terminal, random }: Begun, data: Buffer): Buffer | undefined {
    const terminalSequence = data.subarray(0, 4);
    const fields = { amount: uint32(amountFen), type, terminal, stamp: data.subarray(4, 11) };
    const session = purchaseSessionKey(TEST_KEY, random, this.#sequence(type), terminalSequence);
    if (!purchaseMac1(session, fields).equals(data.subarray(11))) return undefined;
    const mac2 = purchaseMac2(session, fields);
    const tac = purchaseTac(TEST_KEY, fields, terminalSequence);
    this.#executed(fields, this.#balanceFen - amountFen, Buffer.concat([mac2, tac]));
    return Buffer.concat([tac, mac2]);
  }

  #credit({ type, amountFen, terminal, random }: Begun, data: Buffer): Buffer | undefined {
    const fields = { amount: uint32(amountFen), type, terminal, stamp: data.subarray(0, 7) };
    const session = loadSessionKey(TEST_KEY, random, this.#sequence(type));
    const mac2 = loadMac2(session, fields);
    if (!mac2.equals(data.subarray(7))) return undefined;
    const after = this.#balanceFen + amountFen;
    const tac = loadTac(TEST_KEY, fields, uint32(after), this.#sequence(type));
    this.#executed(fields, after, Buffer.concat([mac2, tac]));
    return tac;
  }

  #executed({ amount, type, terminal, stamp }: MacFields, balanceFen: number, proof: Buffer): void {
    const before = this.#sequences.get(type)!;
    const after = (before + 1) & 0xffff;
    const logged = this.#profile.logsNumberAfter ? after : before;
    const record = [uint16(logged), Buffer.alloc(3), amount, Buffer.of(type), terminal, stamp];
    this.#log.unshift(Buffer.concat(record));
    this.#log.splice(LOG_RECORDS);
    this.#balanceFen = balanceFen;
    this.#sequences.set(type, after);
    this.#proof = { type, sequence: before, bytes: proof };
  }

  #prove(type: number, data: Buffer): Buffer {
    if (data.length !== 2) return WRONG_LENGTH;
    const { proves = true } = this.#profile;
    if (!proves) return UNKNOWN_INSTRUCTION;
    const proof = this.#proof;
    if (proof?.type !== type || proof.sequence !== data.readUInt16BE(0)) return NO_SUCH_PROOF;
    return this.#give(proof.bytes);
  }

  #readLog(number: number, p2: number): Buffer {
    const { logs = true } = this.#profile;
    if ((p2 & 0x07) !== 0x04) return WRONG_P1P2;
    if (!logs || p2 >> 3 !== 0x18) return FILE_NOT_FOUND;
    const record = this.#log[number - 1];
    return record ? Buffer.concat([record, DONE]) : RECORD_NOT_FOUND;
  }

  /** Issuer(8) type(1) version(1) number(10) from(4) to(4) of the issuer(2). */
  #publicData(): Buffer {
    const data = Buffer.alloc(30);
    Buffer.from(this.#profile.serial, 'hex').copy(data, 12);
    return data;
  }

  #loseSupply(): Buffer {
    this.#powered = false;
    return NOTHING;
  }

  /** On T=0 an answer to a command with data waits for GET RESPONSE. */
  #give(data: Buffer): Buffer {
    this.#waiting = data;
    return Buffer.of(0x61, data.length);
  }

  #getResponse(apdu: Buffer): Buffer {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    return waiting && apdu[4] === waiting.length ? Buffer.concat([waiting, DONE]) : WRONG_LENGTH;
  }

  #sequence(type: number): Buffer {
    return uint16(this.#sequences.get(type)!);
  }
}

function uint16(value: number): Buffer {
  return Buffer.of(value >> 8, value & 0xff);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
