import { Fault } from '../../../src/errors.ts';
import type { CcidMessage } from './frame.ts';

/** The low bits of bStatus: whether a card is in the slot, and has power. */
export function isCardAbsent(message: CcidMessage): boolean {
  return (message.status & 0x03) === 2;
}

export function isFailed(message: CcidMessage): boolean {
  return (message.status & 0xc0) === 0x40;
}

export function wantsTime(message: CcidMessage): boolean {
  return (message.status & 0xc0) === 0x80;
}

/** bError where a parameter is not taken: its place in the message. For IccPowerOn that is the voltage. */
export const BAD_POWER_SELECT = 7;

/** bError: what the card brings about. */
const cardFailures: ReadonlyMap<number, string> = new Map([
  [0xfe, 'the card does not answer'],
  [0xfd, 'parity errors between card and reader'],
  [0xfc, 'the card sent more than the reader could take'],
  [0xf8, 'the answer to reset is malformed'],
  [0xf7, 'the checksum of the answer to reset is wrong'],
  [0xf6, 'the reader does not support the protocol of the card'],
  [0xf5, 'the reader does not support the class of the card'],
  [0xf4, 'the card sent a procedure byte that does not fit'],
]);

/** bError: what the reader brings about. */
const readerFailures: ReadonlyMap<number, string> = new Map([
  [0xff, 'the reader gave the command up'],
  [0xfb, 'the hardware of the reader failed'],
  [0xf3, 'the protocol is switched off'],
  [0xf2, 'the reader is busy with a sequence of its own'],
  [0xe0, 'the slot is busy'],
  [0x00, 'the reader does not know the command'],
]);

/** `card.removed` where the slot is empty, `card.refused` where the card is to blame, `reader.protocol` otherwise. */
export function faultOf(what: string, message: CcidMessage): Fault {
  const facts = { bStatus: hex(message.status), bError: hex(message.error) };
  if (isCardAbsent(message)) return new Fault('card.removed', { detail: what, facts });
  const card = cardFailures.get(message.error);
  const reason = card ?? readerFailures.get(message.error) ?? 'the reader failed with a code of its own';
  return new Fault(card ? 'card.refused' : 'reader.protocol', { detail: `${what}: ${reason}`, facts });
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
