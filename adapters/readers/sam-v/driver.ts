import type { OpenReader, ReaderDriver, ResidentIdModule } from '../../../src/card/port.ts';
import { Fault } from '../../../src/errors.ts';
import { openReader } from '../opening.ts';
import { type Request, Requester } from '../requester.ts';
import type { Transport } from '../transports/line.ts';
import { decodeBlocks, encodeRequest, type SamReply } from './frame.ts';
import { samFramer } from './framer.ts';
import { faultOf, isCardFailure, isModuleFailure, SW3 } from './status.ts';

const GREETING_TIMEOUT_MS = 1_000;
const TEXT_BYTES = 256;
const SAM_ID_BYTES = 16;
const SELECT_BYTES = 8;

/** A request and the replies that can only be its own: frames have no number, so their form must tell. */
interface Command {
  readonly what: string;
  readonly bytes: Buffer;
  isAnswer(sw3: number, dataBytes: number): boolean;
}

const status: Command = {
  what: 'module status',
  bytes: encodeRequest(0x11, 0xff),
  isAnswer: (sw3, dataBytes) => sw3 === SW3.ok && dataBytes === 0,
};
const samId: Command = {
  what: 'module id',
  bytes: encodeRequest(0x12, 0xff),
  isAnswer: (sw3, dataBytes) => sw3 === SW3.ok && dataBytes === SAM_ID_BYTES,
};
const find: Command = {
  what: 'find card',
  bytes: encodeRequest(0x20, 0x01),
  isAnswer: (sw3) => sw3 === SW3.found || sw3 === SW3.findFailed,
};
const select: Command = {
  what: 'select card',
  bytes: encodeRequest(0x20, 0x02),
  isAnswer: (sw3, dataBytes) => (sw3 === SW3.ok && dataBytes === SELECT_BYTES) || sw3 === SW3.selectFailed,
};
const read: Command = {
  what: 'read card',
  bytes: encodeRequest(0x30, 0x01),
  isAnswer: (sw3, dataBytes) => (sw3 === SW3.ok && dataBytes > SAM_ID_BYTES) || isCardFailure(sw3),
};

/** A resident-ID module: find, select, read (GA 467), with a time-out for each step. */
export function samDriver(transport: Transport): ReaderDriver {
  return {
    description: `SAM-V, ${transport.description}`,
    open: (signal) => open(transport, signal),
  };
}

async function open(transport: Transport, signal: AbortSignal): Promise<OpenReader> {
  const requester = await openReader(
    transport,
    signal,
    (line) => new Requester(line, samFramer(), (timeoutMs) => requestOf(samId, timeoutMs)),
    async (started) => {
      const reply = await started.ask(requestOf(status, GREETING_TIMEOUT_MS));
      if (reply.sw[2] !== SW3.ok) throw faultOf(status.what, reply.sw[2]);
    },
  );
  const { line } = requester;
  return { residentId: moduleOf(requester), lost: line.lost, close: () => line.close() };
}

function moduleOf(requester: Requester<SamReply>): ResidentIdModule {
  const step = async (command: Command, timeoutMs: number, ...expected: number[]) => {
    const reply = await requester.ask(requestOf(command, timeoutMs));
    const sw3 = reply.sw[2];
    if (!expected.includes(sw3)) throw faultOf(command.what, sw3);
    return { sw3, data: reply.data };
  };
  return {
    async find(timeoutMs) {
      const { sw3 } = await step(find, timeoutMs, SW3.found, SW3.findFailed);
      if (sw3 === SW3.findFailed) return false;
      // A card that is found and can't be selected is on its way in or out: there is none yet, or none any more.
      const selected = await step(select, timeoutMs, SW3.ok, SW3.selectFailed);
      return selected.sw3 === SW3.ok;
    },
    async read(timeoutMs) {
      const { data } = await step(read, timeoutMs, SW3.ok);
      const blocks = decodeBlocks(data);
      if (blocks?.text.length !== TEXT_BYTES) {
        throw new Fault('reader.protocol', {
          detail: 'read card: the lengths of text and photo do not hold',
        });
      }
      return blocks;
    },
  };
}

function requestOf(command: Command, timeoutMs: number): Request<SamReply, SamReply> {
  return {
    what: command.what,
    bytes: command.bytes,
    timeoutMs,
    judge(reply) {
      const [sw1, sw2, sw3] = reply.sw;
      if (sw1 !== 0 || sw2 !== 0) return 'not-mine';
      if (sw3 === SW3.checksum) return 'repeat';
      return isModuleFailure(sw3) || command.isAnswer(sw3, reply.data.length)
        ? { answer: reply }
        : 'not-mine';
    },
  };
}
