import {
  FRAME_BYTES_MAX as CCID_BYTES_MAX,
  encodeCommand,
} from '../../../adapters/readers/ccid-serial/frame.ts';
import { ccidFramer } from '../../../adapters/readers/ccid-serial/framer.ts';
import { CODE_BYTES_MAX } from '../../../adapters/readers/codes.ts';
import type { Framer } from '../../../adapters/readers/framing/framer.ts';
import {
  encodeFrame,
  FRAME_BYTES_MAX as GWI_BYTES_MAX,
  REPORT_BYTES as GWI_REPORT_BYTES,
} from '../../../adapters/readers/gwi/frame.ts';
import { gwiFramer } from '../../../adapters/readers/gwi/framer.ts';
import {
  REPORT_BYTES as HD_REPORT_BYTES,
  mark as hdMark,
  REPLY_DATA_BYTES_MAX,
} from '../../../adapters/readers/hd/frame.ts';
import { ReplyAssembler } from '../../../adapters/readers/hd/reply.ts';
import { CodeAssembler } from '../../../adapters/readers/hid-scanner/assembler.ts';
import { CodeCutter } from '../../../adapters/readers/line-scanner/cutter.ts';
import { encodeRequest } from '../../../adapters/readers/profile/frame.ts';
import { profileFramer } from '../../../adapters/readers/profile/framer.ts';
import { loadProfile, profileNames } from '../../../adapters/readers/profile/load.ts';
import { encodeMessage, MESSAGE_BYTES_MAX, MessageCutter } from '../../../adapters/readers/vpcd/message.ts';
import type { Chance } from '../../end-to-end/random.ts';

/** One framer under torture. */
export interface Subject {
  readonly name: string;
  /** It may hold no more bytes than this at any time. */
  readonly heldBytesMax: number;
  /** Where the device sends packets of one size: their size. Bytes of a stream come in any pieces. */
  readonly packetBytes?: number;
  make(): Tortured;
  /** A good frame with this mark in it, and what is found of it. */
  frame(mark: Buffer): { readonly bytes: Buffer; readonly found: string };
}

export interface Tortured {
  feed(bytes: Buffer): void;
  /** The line pauses long enough for every time-out of the framer. */
  pause(): void;
  /** A new request begins: a frame that has only begun belonged to an earlier one. */
  renew(): void;
  heldBytes(): number;
  /** What was found since the last call, each as text. */
  found(): string[];
  /** Whether what came last ended the line, as it does where nothing can be found again; it is made anew then. */
  ended(): boolean;
  close(): void;
}

const MARK_BYTES = 8;

/** A mark that the next frame carries. */
export function markOf(chance: Chance): Buffer {
  return Buffer.from(Array.from({ length: MARK_BYTES }, () => chance.between(0x30, 0x39)));
}

export const subjects: readonly Subject[] = [
  ...profileNames().map(ofProfile),
  {
    name: 'ccid-serial',
    heldBytesMax: CCID_BYTES_MAX,
    make: () =>
      ofFramer(ccidFramer(), (token) => (token.kind === 'message' ? hex(token.message.data) : token.kind)),
    frame: (mark) => ({
      bytes: encodeCommand({ type: 0x80, slot: 0, seq: 7, data: mark }),
      found: hex(mark),
    }),
  },
  {
    name: 'line-scanner',
    heldBytesMax: CODE_BYTES_MAX,
    make() {
      const cutter = new CodeCutter();
      const found: string[] = [];
      return {
        feed: (bytes) => void found.push(...cutter.take(bytes)),
        pause: () => void found.push(...cutter.end()),
        renew() {},
        // What it holds, it holds in a buffer of that size, made once.
        heldBytes: () => 0,
        found: () => found.splice(0),
        ended: () => false,
        close() {},
      };
    },
    frame: (mark) => ({ bytes: Buffer.concat([mark, Buffer.from('\r\n')]), found: mark.toString() }),
  },
  {
    name: 'hid-scanner',
    heldBytesMax: CODE_BYTES_MAX,
    packetBytes: 64,
    make() {
      let onPause = () => {};
      const timers = {
        start(_ms: number, work: () => void) {
          onPause = work;
          return () => {
            onPause = () => {};
          };
        },
      };
      const found: string[] = [];
      const assembler = new CodeAssembler('0c2e', (code) => void found.push(code), timers);
      return {
        feed: (report) => assembler.take(report),
        pause: () => onPause(),
        renew() {},
        heldBytes: () => assembler.heldBytes,
        found: () => found.splice(0),
        ended: () => false,
        close() {},
      };
    },
    frame(mark) {
      const report = Buffer.alloc(64);
      Buffer.from([0x02, mark.length, ...Buffer.from(']Q1')]).copy(report);
      mark.copy(report, 5);
      return { bytes: report, found: mark.toString() };
    },
  },
  {
    name: 'vpcd',
    heldBytesMax: 2 + MESSAGE_BYTES_MAX,
    make() {
      let cutter = new MessageCutter();
      let ended = false;
      const found: string[] = [];
      return {
        feed(bytes) {
          if (ended) return;
          const messages = cutter.take(bytes);
          if (messages === 'too-long') ended = true;
          else found.push(...messages.map(hex));
        },
        // A message that doesn't come to its end ends the connection, as a length that no card sends does.
        pause() {
          ended ||= cutter.heldBytes > 0;
        },
        renew() {},
        heldBytes: () => cutter.heldBytes,
        found: () => found.splice(0),
        ended() {
          if (ended) cutter = new MessageCutter();
          const was = ended;
          ended = false;
          return was;
        },
        close() {},
      };
    },
    frame: (mark) => ({ bytes: encodeMessage(mark), found: hex(mark) }),
  },
  {
    name: 'gwi',
    heldBytesMax: GWI_BYTES_MAX,
    packetBytes: GWI_REPORT_BYTES,
    make: () => ofFramer(gwiFramer(), ({ data }) => hex(data)),
    frame(mark) {
      const report = Buffer.alloc(GWI_REPORT_BYTES);
      encodeFrame(Buffer.concat([Buffer.alloc(2), mark])).copy(report);
      return { bytes: report, found: hex(mark) };
    },
  },
  ofHd('hd', { ofReset: false }),
  ofHd('hd-reset', { ofReset: true }),
];

/** A reply in one report: to a command, or to a reset with an ATR and its length in one byte. Each request has an assembler of its own. */
function ofHd(name: string, kind: { readonly ofReset: boolean }): Subject {
  return {
    name,
    heldBytesMax: REPLY_DATA_BYTES_MAX,
    packetBytes: HD_REPORT_BYTES,
    make() {
      let assembler = new ReplyAssembler(kind);
      const found: string[] = [];
      return {
        feed(report) {
          const assembled = assembler.take(report);
          if (typeof assembled === 'object') found.push(hex(assembled.data));
        },
        pause() {},
        renew() {
          assembler = new ReplyAssembler(kind);
        },
        heldBytes: () => assembler.heldBytes,
        found: () => found.splice(0),
        ended: () => false,
        close() {},
      };
    },
    frame(mark) {
      const report = Buffer.alloc(HD_REPORT_BYTES);
      const data = kind.ofReset ? Buffer.concat([Buffer.of(0x3b), mark]) : mark;
      report[1] = hdMark.last;
      report[4] = data.length;
      data.copy(report, kind.ofReset ? 5 : 6);
      return { bytes: report, found: hex(data) };
    },
  };
}

/** A reply as the profile describes it: a status of zeros, and the mark behind it. */
function ofProfile(name: string): Subject {
  const { form } = loadProfile(name);
  return {
    name,
    heldBytesMax: form.bytesMax,
    make: () => ofFramer(profileFramer(form), ({ data }) => hex(data)),
    frame(mark) {
      const data = Buffer.concat([Buffer.alloc(form.statusOffset + form.statusBytes), mark]);
      const bytes = encodeRequest(
        { ...form, requestPreamble: form.replyPreambles[0] ?? Buffer.alloc(0) },
        data,
      )!;
      return { bytes, found: hex(data) };
    },
  };
}

function ofFramer<Token>(framer: Framer<Token>, textOf: (token: Token) => string): Tortured {
  const found: string[] = [];
  const collect = () => {
    for (let token = framer.read(); token !== null; token = framer.read()) found.push(textOf(token));
  };
  return {
    feed(bytes) {
      framer._transform(bytes, 'binary', () => {});
      collect();
    },
    pause() {
      framer.searchBehind();
      collect();
    },
    renew: () => framer.reset(),
    heldBytes: () => framer.heldBytes,
    found: () => found.splice(0),
    ended: () => false,
    close: () => void framer.destroy(),
  };
}

function hex(bytes: Buffer): string {
  return bytes.toString('hex');
}
