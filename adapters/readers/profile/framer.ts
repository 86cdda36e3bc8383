import { type Finding, Framer, type Grammar } from '../framing/framer.ts';
import type { Window } from '../framing/window.ts';
import { checksums } from './checksum.ts';
import { checksumAt, decodeReply, type FrameForm, type ProfileReply, trailerAt } from './frame.ts';

/** What the replies of a profile look like. */
export function grammarOf(form: FrameForm): Grammar<ProfileReply> {
  const { replyPreambles, lengthOffset, headerBytes, uncountedBytes, bytesMin, bytesMax, trailer } = form;
  const lengthAt = lengthReader(form);
  const holds = checksumTest(form);
  const checked = form.checksum !== 'none';
  return {
    frameBytesMax: bytesMax,

    look(window: Window, at: number): Finding<ProfileReply> {
      const length = window.length - at;
      if (!beginsWithAny(window, at, replyPreambles)) return 'nothing';
      if (length < headerBytes) return { atLeast: headerBytes };
      const bytes = lengthAt(window, at + lengthOffset) + uncountedBytes;
      if (bytes < bytesMin || bytes > bytesMax) return 'nothing';
      if (length < bytes) return { atLeast: bytes };
      if (!beginsWith(window, at + trailerAt(form, bytes), trailer)) return 'nothing';
      if (!holds(window, at, bytes)) return 'nothing';
      return { token: decodeReply(form, window.copy(at, at + bytes)), bytes, checked };
    },
  };
}

function lengthReader(form: FrameForm): (window: Window, at: number) => number {
  if (form.lengthBytes === 1) return (window, at) => window.at(at);
  return form.littleEndian
    ? (window, at) => window.at(at) + window.at(at + 1) * 256
    : (window, at) => window.at(at) * 256 + window.at(at + 1);
}

/** The window knows the XOR of any stretch at once; what other checksums cover must be gone through. */
function checksumTest(form: FrameForm): (window: Window, at: number, bytes: number) => boolean {
  const from = form.checksumFrom;
  if (form.checksum === 'xor') {
    return (window, at, bytes) => {
      const sumAt = at + checksumAt(form, bytes);
      return window.xor(at + from, sumAt) === window.at(sumAt);
    };
  }
  const { of } = checksums[form.checksum];
  return (window, at, bytes) => {
    const sumAt = at + checksumAt(form, bytes);
    return beginsWith(window, sumAt, of(window.copy(at + from, sumAt)));
  };
}

function beginsWithAny(window: Window, at: number, preambles: readonly Buffer[]): boolean {
  if (preambles.length === 0) return true;
  for (const preamble of preambles) if (beginsWith(window, at, preamble)) return true;
  return false;
}

/** Whether the bytes are those that are expected, as far as they have come. */
function beginsWith(window: Window, at: number, expected: Uint8Array): boolean {
  const compared = Math.min(expected.length, window.length - at);
  for (let index = 0; index < compared; index++) {
    if (window.at(at + index) !== expected[index]) return false;
  }
  return true;
}

/** Bytes of a reader in, its replies out. */
export function profileFramer(form: FrameForm): Framer<ProfileReply> {
  return new Framer(grammarOf(form));
}
