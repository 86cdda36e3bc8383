import { Fault } from '../../../src/errors.ts';
import type { Request } from '../requester.ts';
import { encodeFrame, type GwiReply } from './frame.ts';

const OK = 0x0000;
const NO_CARD = 0x1007;

/** A command, and the data that only its own reply can have: replies have no number, so their form must tell. */
export interface GwiCommand {
  readonly what: string;
  readonly bytes: Buffer;
  isAnswer(data: Buffer): boolean;
}

const INFO_NAME_LENGTH_AT = 16;

/**
 * The reader names itself: 16 bytes, the length of its name, its name. A card's answer to be taken for it would have
 * to end in letters, and hold their number at that very place.
 */
export const info: GwiCommand = {
  what: 'reader information',
  bytes: Buffer.of(0x31, 0x11, 0x01),
  isAnswer(data) {
    const name = data.subarray(INFO_NAME_LENGTH_AT + 1);
    const printable = name.every((byte) => byte >= 0x20 && byte < 0x7f);
    return name.length > 0 && name.length === data[INFO_NAME_LENGTH_AT] && printable;
  },
};

export function powerOn(slot: number): GwiCommand {
  const isAnswer = (data: Buffer) => data.length >= 2 && (data[0] === 0x3b || data[0] === 0x3f);
  return { what: 'power on', bytes: Buffer.of(0x32, 0x22, 0x00, 0x00, slot), isAnswer };
}

export function powerOff(slot: number): GwiCommand {
  return { what: 'power off', bytes: Buffer.of(0x32, 0x23, slot), isAnswer: (data) => data.length === 0 };
}

export function cardCommand(slot: number, tpdu: Buffer): GwiCommand {
  const bytes = Buffer.concat([Buffer.of(0x32, 0x26, slot), tpdu]);
  return { what: 'card command', bytes, isAnswer: (data) => data.length >= 2 };
}

/** Has the holder type a PIN; the reply is one byte for each digit. What its last byte, 02, means is not known. */
export const typePin: GwiCommand = {
  what: 'PIN pad',
  bytes: Buffer.of(0x39, 0x92, 0x02),
  isAnswer: (data) => data.every((byte) => byte <= 9),
};

export function isNoCard(reply: GwiReply): boolean {
  return reply.status === NO_CARD;
}

export function isFailed(reply: GwiReply): boolean {
  return reply.status !== OK;
}

/**
 * `card.removed` where the slot is empty. No other status is known by name: those of its family, 10xx, are taken for
 * the card's (`card.refused`), the rest for the reader's (`reader.protocol`).
 */
export function faultOf(what: string, reply: GwiReply): Fault {
  const facts = { status: reply.status.toString(16).padStart(4, '0') };
  if (isNoCard(reply)) return new Fault('card.removed', { detail: what, facts });
  const card = reply.status >> 8 === NO_CARD >> 8;
  return new Fault(card ? 'card.refused' : 'reader.protocol', {
    detail: `${what}: the reader failed with a code of its own`,
    facts,
  });
}

/** `bytes` of the request are to be wiped by whoever sent a secret. */
export function requestOf(command: GwiCommand, timeoutMs: number): Request<GwiReply, GwiReply> {
  return {
    what: command.what,
    bytes: encodeFrame(command.bytes),
    timeoutMs,
    judge: (reply) => (isFailed(reply) || command.isAnswer(reply.data) ? { answer: reply } : 'not-mine'),
  };
}

/** A request whose answer can't be taken for another's: a failure may be that of an earlier one. */
export function infoRequest(timeoutMs: number): Request<GwiReply, GwiReply> {
  const judge = (reply: GwiReply) =>
    !isFailed(reply) && info.isAnswer(reply.data) ? { answer: reply } : ('not-mine' as const);
  return { ...requestOf(info, timeoutMs), judge };
}
