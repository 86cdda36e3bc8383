import { Fault } from '../../errors.ts';
import type { Fen } from '../../money.ts';
import { SW, swText } from '../apdu.ts';
import { isDay } from '../digits.ts';

/** 交易类型标识: what a transaction is, in its MACs and in the card's log (PBOC 2.0 part 1). */
export const PURSE_TYPE = { load: 0x02, purchase: 0x06 } as const;

/** The electronic purse, where a command also knows the passbook (01). */
const PURSE = 0x02;

/** Amounts are four bytes; the first bit is left alone, since not every card takes it for a number. */
export const PURSE_FEN_MAX = 0x7fff_ffff;

export function amountBytes(amountFen: Fen): Buffer {
  if (!Number.isSafeInteger(amountFen) || amountFen < 0 || amountFen > PURSE_FEN_MAX) {
    throw new RangeError('an amount that a purse cannot hold');
  }
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(amountFen);
  return bytes;
}

/** Header, data and, where the card answers with data, how many bytes. */
function command(header: string, data: Buffer, answerBytes?: number): Buffer {
  const tail = answerBytes === undefined ? [] : [Buffer.of(answerBytes)];
  return Buffer.concat([Buffer.from(header, 'hex'), Buffer.of(data.length), data, ...tail]);
}

/** GET BALANCE. */
export const GET_BALANCE = Buffer.of(0x80, 0x5c, 0x00, PURSE, 0x04);

export function balanceOf(data: Buffer): Fen {
  return fieldsOf(data, 4, 'GET BALANCE').readUInt32BE(0);
}

export interface Beginning {
  readonly keyIndex: number;
  readonly amountFen: Fen;
  /** 终端机编号, six bytes. */
  readonly terminal: Buffer;
}

/** What a card answers to INITIALIZE. It changes nothing in it but what it expects next. */
export interface Begun {
  readonly balanceFen: Fen;
  /** 脱机交易序号 of a purchase, 联机交易序号 of a load. */
  readonly sequence: number;
  readonly keyVersion: number;
  readonly algorithm: number;
  readonly random: Buffer;
}

const PURCHASE_BEGUN_BYTES = 15;
const LOAD_BEGUN_BYTES = 16;

/** INITIALIZE FOR PURCHASE. */
export function initForPurchase({ keyIndex, amountFen, terminal }: Beginning): Buffer {
  const data = Buffer.concat([Buffer.of(keyIndex), amountBytes(amountFen), terminal]);
  return command(`805001${hex(PURSE)}`, data, PURCHASE_BEGUN_BYTES);
}

/** balance(4) sequence(2) overdraft(3) keyVersion(1) algorithm(1) random(4). */
export function purchaseBegun(data: Buffer): Begun {
  const fields = fieldsOf(data, PURCHASE_BEGUN_BYTES, 'INITIALIZE FOR PURCHASE');
  return {
    balanceFen: fields.readUInt32BE(0),
    sequence: fields.readUInt16BE(4),
    keyVersion: fields[9]!,
    algorithm: fields[10]!,
    random: fields.subarray(11, 15),
  };
}

/** INITIALIZE FOR LOAD. */
export function initForLoad({ keyIndex, amountFen, terminal }: Beginning): Buffer {
  const data = Buffer.concat([Buffer.of(keyIndex), amountBytes(amountFen), terminal]);
  return command(`805000${hex(PURSE)}`, data, LOAD_BEGUN_BYTES);
}

/** balance(4) sequence(2) keyVersion(1) algorithm(1) random(4) MAC1(4). */
export function loadBegun(data: Buffer): Begun & { readonly mac1: Buffer } {
  const fields = fieldsOf(data, LOAD_BEGUN_BYTES, 'INITIALIZE FOR LOAD');
  return {
    balanceFen: fields.readUInt32BE(0),
    sequence: fields.readUInt16BE(4),
    keyVersion: fields[6]!,
    algorithm: fields[7]!,
    random: fields.subarray(8, 12),
    mac1: fields.subarray(12, 16),
  };
}

/** DEBIT FOR PURCHASE. `stamp` is yyyyMMddHHmmss. */
export function debit(terminalSequence: number, stamp: string, mac1: Buffer): Buffer {
  const sequence = Buffer.alloc(4);
  sequence.writeUInt32BE(terminalSequence);
  return command('80540100', Buffer.concat([sequence, stampBytes(stamp), mac1]), 8);
}

export interface Debited {
  /** 交易验证码: what the issuer clears the purchase by. */
  readonly tac: Buffer;
  /** By which the PSAM knows that the card has debited. */
  readonly mac2: Buffer;
}

export function debited(data: Buffer): Debited {
  const fields = fieldsOf(data, 8, 'DEBIT FOR PURCHASE');
  return { tac: fields.subarray(0, 4), mac2: fields.subarray(4, 8) };
}

/** CREDIT FOR LOAD. */
export function credit(stamp: string, mac2: Buffer): Buffer {
  return command('80520000', Buffer.concat([stampBytes(stamp), mac2]), 4);
}

export function credited(data: Buffer): Buffer {
  return fieldsOf(data, 4, 'CREDIT FOR LOAD');
}

/** GET TRANSACTION PROVE: the MAC and TAC of the transaction with this number, where the card still has them. */
export function getTransactionProve(type: number, sequence: number): Buffer {
  const data = Buffer.alloc(2);
  data.writeUInt16BE(sequence);
  return command(`805A00${hex(type)}`, data, 8);
}

/** MAC(4) TAC(4). */
export function proofTac(data: Buffer): Buffer {
  return fieldsOf(data, 8, 'GET TRANSACTION PROVE').subarray(4, 8);
}

/** A record of the purse's log (PBOC 2.0 part 1, cyclic file, newest first). */
export interface LogRecord {
  readonly sequence: number;
  readonly amountFen: Fen;
  readonly type: number;
  readonly terminal: Buffer;
  /** yyyyMMddHHmmss. */
  readonly stamp: string;
}

export const LOG_RECORD_BYTES = 23;

/** READ RECORD by number, of a file by its short identifier. */
export function readLog(file: number, number: number): Buffer {
  return Buffer.of(0x00, 0xb2, number, (file << 3) | 0x04, LOG_RECORD_BYTES);
}

/** sequence(2) overdraft(3) amount(4) type(1) terminal(6) date(4) time(3); nothing for a place never written. */
export function logRecord(data: Buffer): LogRecord | undefined {
  if (data.length !== LOG_RECORD_BYTES) return undefined;
  const stamp = data.subarray(16, 23).toString('hex');
  if (!isDay(stamp.slice(0, 8))) return undefined;
  return {
    sequence: data.readUInt16BE(0),
    amountFen: data.readUInt32BE(5),
    type: data[9]!,
    terminal: data.subarray(10, 16),
    stamp,
  };
}

/** READ BINARY of the public data of the application (SFI 15). */
export const READ_PUBLIC_DATA = Buffer.from('00B095001E', 'hex');
/** 应用序列号 has ten bytes at 10; keys are diversified by the last eight. */
const SERIAL_AT = 12;
export const SERIAL_BYTES = 8;

export function serialOf(data: Buffer): Buffer {
  if (data.length < SERIAL_AT + SERIAL_BYTES) throw malformed('the application’s public data', data.length);
  return data.subarray(SERIAL_AT, SERIAL_AT + SERIAL_BYTES);
}

/** READ BINARY of the PSAM's terminal number (SFI 16). */
export const READ_TERMINAL = Buffer.from('00B0960006', 'hex');
export const TERMINAL_BYTES = 6;

export interface SamBeginning {
  readonly begun: Begun;
  readonly amountFen: Fen;
  readonly stamp: string;
  readonly serial: Buffer;
  /** What the key is diversified by besides: bank, city. */
  readonly factors: readonly Buffer[];
}

/** INIT_SAM_FOR_PURCHASE: the PSAM derives the card's key and computes MAC1. */
export function initSam({ begun, amountFen, stamp, serial, factors }: SamBeginning): Buffer {
  const sequence = Buffer.alloc(2);
  sequence.writeUInt16BE(begun.sequence);
  const data = Buffer.concat([
    begun.random,
    sequence,
    amountBytes(amountFen),
    Buffer.of(PURSE_TYPE.purchase),
    stampBytes(stamp),
    Buffer.of(begun.keyVersion, begun.algorithm),
    serial,
    ...factors,
  ]);
  return command('80700000', data, 8);
}

/** terminalSequence(4) MAC1(4). */
export function samBegun(data: Buffer): { readonly terminalSequence: number; readonly mac1: Buffer } {
  const fields = fieldsOf(data, 8, 'INIT_SAM_FOR_PURCHASE');
  return { terminalSequence: fields.readUInt32BE(0), mac1: fields.subarray(4, 8) };
}

/** CREDIT_SAM_FOR_PURCHASE: the PSAM checks MAC2. */
export function creditSam(mac2: Buffer): Buffer {
  return command('80720000', mac2);
}

/** The MAC is wrong: PBOC's own word for it, and ISO 7816-4's. */
export const MAC_WRONG: ReadonlySet<number> = new Set([0x9302, 0x6988]);

/** The balance is too small. */
const BALANCE_TOO_SMALL = 0x9401;

/**
 * What a status word makes of a command that moves money: done, refused before anything was changed, or unclear. A
 * memory that failed (64xx, 65xx), a warning (62xx, 63xx) and a card that broke down (6Fxx) leave it open.
 */
export function endingOf(sw: number): 'done' | 'refused' | 'unclear' {
  if (sw === SW.done) return 'done';
  const kind = sw >> 8;
  const refusals = [0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x93, 0x94];
  return refusals.includes(kind) ? 'refused' : 'unclear';
}

/** `purse.balance` where it holds too little (9401), `purse.refused` for 9302, 9303, 9403, 9406 and all else. */
export function refusal(sw: number, what: string): Fault {
  const facts = { sw: swText(sw) };
  return new Fault(sw === BALANCE_TOO_SMALL ? 'purse.balance' : 'purse.refused', { detail: what, facts });
}

function stampBytes(stamp: string): Buffer {
  return Buffer.from(stamp, 'hex');
}

function fieldsOf(data: Buffer, bytes: number, what: string): Buffer {
  if (data.length !== bytes) throw malformed(what, data.length);
  return data;
}

function malformed(what: string, bytes: number): Fault {
  return new Fault('reader.protocol', { detail: `${what}: an answer of ${bytes} bytes` });
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
