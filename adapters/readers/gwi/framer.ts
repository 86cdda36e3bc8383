import { type Finding, Framer, type Grammar } from '../framing/framer.ts';
import type { Window } from '../framing/window.ts';
import {
  decodeReply,
  ETX,
  FRAME_BYTES_MAX,
  frameBytesOf,
  type GwiReply,
  isNibble,
  LENGTH_NIBBLES,
  REPLY_DATA_BYTES_MAX,
  STATUS_BYTES,
  STX,
} from './frame.ts';

const LENGTH_END = 1 + LENGTH_NIBBLES;

const grammar: Grammar<GwiReply> = {
  frameBytesMax: FRAME_BYTES_MAX,
  secret: true,

  look(window: Window, at: number): Finding<GwiReply> {
    if (window.at(at) !== STX) return 'nothing';
    const length = window.length - at;
    if (!holdsNibbles(window, at + 1, Math.min(length, LENGTH_END) - 1)) return 'nothing';
    if (length < LENGTH_END) return { atLeast: LENGTH_END };
    const dataBytes = claimedBytes(window, at + 1);
    if (dataBytes < STATUS_BYTES || dataBytes > REPLY_DATA_BYTES_MAX) return 'nothing';
    const bytes = frameBytesOf(dataBytes);
    const inside = Math.min(length, bytes - 1) - LENGTH_END;
    if (!holdsNibbles(window, at + LENGTH_END, inside)) return 'nothing';
    // Looked at again with the very next bytes: another byte among the half bytes is the end of a frame cut off.
    if (length < bytes) return { atLeast: length + 1 };
    if (window.at(at + bytes - 1) !== ETX) return 'nothing';
    const frame = window.copy(at, at + bytes);
    const token = decodeReply(frame);
    frame.fill(0);
    return token ? { token, bytes, checked: true } : 'nothing';
  },
};

function holdsNibbles(window: Window, at: number, count: number): boolean {
  for (let index = 0; index < count; index++) {
    if (!isNibble(window.at(at + index))) return false;
  }
  return true;
}

function claimedBytes(window: Window, at: number): number {
  let bytes = 0;
  for (let index = 0; index < LENGTH_NIBBLES; index++) bytes = bytes * 16 + (window.at(at + index) & 0x0f);
  return bytes;
}

/** Reports of a GWI reader, one after the other, in; its replies out. */
export function gwiFramer(): Framer<GwiReply> {
  return new Framer(grammar);
}
