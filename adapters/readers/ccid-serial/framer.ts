import { type Finding, Framer, type Grammar } from '../framing/framer.ts';
import type { Window } from '../framing/window.ts';
import {
  ACK,
  CARD_ABSENT,
  CARD_PRESENT,
  type CcidMessage,
  decodeMessage,
  FRAME_BYTES_MAX,
  MESSAGE_BYTES_MAX,
  MESSAGE_HEADER_BYTES,
  NAK,
  NAK_LRC,
  SLOT_CHANGE,
  SYNC,
  TIME_REQUEST_MIN,
} from './frame.ts';

export type CcidToken =
  | { readonly kind: 'message'; readonly message: CcidMessage }
  /** The reader got a frame of ours damaged. */
  | { readonly kind: 'nak' }
  | { readonly kind: 'slot-change'; readonly present: boolean }
  | { readonly kind: 'time-request' };

const nak: Finding<CcidToken> = { token: { kind: 'nak' }, bytes: 3, checked: true };
const timeRequest: Finding<CcidToken> = { token: { kind: 'time-request' }, bytes: 1, checked: false };
const cardTaken: Finding<CcidToken> = {
  token: { kind: 'slot-change', present: false },
  bytes: 2,
  checked: false,
};
/** Its 03 is left in place: after a stray 50 it is the beginning of a frame, and after a true one it does no harm. */
const cardPut: Finding<CcidToken> = {
  token: { kind: 'slot-change', present: true },
  bytes: 1,
  checked: false,
};

/** As far as the length field, which is the last that can unmask a false header early. */
const LENGTH_END = 2 + 5;

const grammar: Grammar<CcidToken> = {
  frameBytesMax: FRAME_BYTES_MAX,

  look(window: Window, at: number): Finding<CcidToken> {
    const first = window.at(at);
    if (first >= TIME_REQUEST_MIN) return timeRequest;
    if (first !== SYNC && first !== SLOT_CHANGE) return 'nothing';
    if (window.length - at < 2) return { atLeast: 2 };
    const second = window.at(at + 1);
    if (first === SLOT_CHANGE) return lookAtSlotChange(second);
    if (second === NAK) return lookAtNak(window, at);
    return second === ACK ? lookAtMessage(window, at) : 'nothing';
  },
};

function lookAtSlotChange(state: number): Finding<CcidToken> {
  if (state === CARD_ABSENT) return cardTaken;
  return state === CARD_PRESENT ? cardPut : 'nothing';
}

function lookAtNak(window: Window, at: number): Finding<CcidToken> {
  if (window.length - at < 3) return { atLeast: 3 };
  return window.at(at + 2) === NAK_LRC ? nak : 'nothing';
}

function lookAtMessage(window: Window, at: number): Finding<CcidToken> {
  const length = window.length - at;
  if (length > 2 && !isKnownType(window.at(at + 2))) return 'nothing';
  if (length < LENGTH_END) return { atLeast: LENGTH_END };
  const data = at + 3;
  const dataBytes =
    window.at(data) +
    window.at(data + 1) * 2 ** 8 +
    window.at(data + 2) * 2 ** 16 +
    window.at(data + 3) * 2 ** 24;
  if (dataBytes > MESSAGE_BYTES_MAX - MESSAGE_HEADER_BYTES) return 'nothing';
  const bytes = 2 + MESSAGE_HEADER_BYTES + dataBytes + 1;
  if (length < bytes) return { atLeast: bytes };
  if (window.xor(at, at + bytes) !== 0) return 'nothing';
  return {
    token: { kind: 'message', message: decodeMessage(window.copy(at, at + bytes)) },
    bytes,
    checked: true,
  };
}

/** Answers (80..84), and commands (61..73), which some readers echo. */
function isKnownType(type: number): boolean {
  return (type >= 0x80 && type <= 0x84) || (type >= 0x61 && type <= 0x73);
}

/** Bytes of a serial CCID reader in, its messages and signals out. */
export function ccidFramer(): Framer<CcidToken> {
  return new Framer(grammar);
}
