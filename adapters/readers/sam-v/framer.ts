import { type Finding, Framer, type Grammar } from '../framing/framer.ts';
import type { Window } from '../framing/window.ts';
import { decodeReply, HEADER_BYTES, LENGTH_MIN, PREAMBLE, REPLY_BYTES_MAX, type SamReply } from './frame.ts';

/** Some modules were seen to answer with another preamble; nothing else in their frames differs. */
const PREAMBLES = [PREAMBLE, Buffer.from('AAAAAAA55A', 'hex')];

const grammar: Grammar<SamReply> = {
  frameBytesMax: REPLY_BYTES_MAX,

  look(window: Window, at: number): Finding<SamReply> {
    const length = window.length - at;
    if (!PREAMBLES.some((preamble) => beginsWith(window, at, preamble))) return 'nothing';
    if (length < HEADER_BYTES) return { atLeast: HEADER_BYTES };
    const claimed = window.at(at + PREAMBLE.length) * 256 + window.at(at + PREAMBLE.length + 1);
    const bytes = HEADER_BYTES + claimed;
    if (claimed < LENGTH_MIN || bytes > REPLY_BYTES_MAX) return 'nothing';
    if (length < bytes) return { atLeast: bytes };
    // The checksum makes the XOR of all it covers, itself included, zero.
    if (window.xor(at + PREAMBLE.length, at + bytes) !== 0) return 'nothing';
    return { token: decodeReply(window.copy(at, at + bytes)), bytes, checked: true };
  },
};

/** Whether the bytes are those of the preamble, as far as they have come. */
function beginsWith(window: Window, at: number, preamble: Buffer): boolean {
  const compared = Math.min(preamble.length, window.length - at);
  for (let index = 0; index < compared; index++) {
    if (window.at(at + index) !== preamble[index]) return false;
  }
  return true;
}

/** Bytes of a SAM_V module in, its replies out. */
export function samFramer(): Framer<SamReply> {
  return new Framer(grammar);
}
