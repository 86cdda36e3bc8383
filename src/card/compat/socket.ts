import type { Timers } from '../timers.ts';

/** Longer than any call of LD/T 33 is. */
const MESSAGE_BYTES_MAX = 65_536;
/** Calls that may wait behind the one under way. */
const QUEUE_MAX = 8;
/** Messages that make no sense, in a row. */
const STRIKES_MAX = 10;
/** A page that takes no answers any more. */
const UNSENT_BYTES_MAX = 1_048_576;
export const HEARTBEAT_MS = 30_000;

/** Status codes of RFC 6455, 7.4.1. */
const CLOSE = { unsupported: 1003, misuse: 1008, tooBig: 1009, overloaded: 1013 } as const;

/** What is needed of a WebSocket, as the package ws has it. */
export interface Socket {
  readonly bufferedAmount: number;
  send(text: string): void;
  ping(): void;
  close(code?: number, reason?: string): void;
  terminate(): void;
  on(event: 'message', listener: (data: Buffer | ArrayBuffer | Buffer[], isBinary: boolean) => void): unknown;
  on(event: 'pong' | 'close', listener: () => void): unknown;
}

export interface Reply {
  readonly text: string;
  /** Whether the message made sense. */
  readonly sense: boolean;
}

/**
 * Serves one connection: each message gets one answer, in order, one call at a time. Its signal aborts when the page
 * is gone, so that no reader waits for nobody. Whoever sends too much, too big, binary or senseless things is hung up
 * on; a peer that doesn't answer a ping has gone.
 */
export function serveSocket(
  socket: Socket,
  { timers, answer }: { timers: Timers; answer: (text: string, gone: AbortSignal) => Promise<Reply> },
): void {
  const gone = new AbortController();
  const queue: string[] = [];
  let working = false;
  let strikes = 0;
  let alive = true;

  const hangUp = (code: number, reason: string) => {
    if (gone.signal.aborted) return;
    stop();
    socket.close(code, reason);
  };
  const work = async () => {
    working = true;
    for (let text = queue.shift(); text !== undefined; text = queue.shift()) {
      const reply = await answer(text, gone.signal);
      if (gone.signal.aborted) break;
      if (socket.bufferedAmount > UNSENT_BYTES_MAX) {
        hangUp(CLOSE.overloaded, 'answers are not taken');
        break;
      }
      socket.send(reply.text);
      strikes = reply.sense ? 0 : strikes + 1;
      if (strikes >= STRIKES_MAX) hangUp(CLOSE.misuse, 'these messages make no sense');
    }
    working = false;
  };
  const beat = () => {
    if (!alive) return socket.terminate();
    alive = false;
    socket.ping();
    cancelBeat = timers.start(HEARTBEAT_MS, beat);
  };
  let cancelBeat = timers.start(HEARTBEAT_MS, beat);
  const stop = () => {
    cancelBeat();
    queue.length = 0;
    gone.abort();
  };

  socket.on('pong', () => {
    alive = true;
  });
  socket.on('close', stop);
  socket.on('message', (data, isBinary) => {
    if (gone.signal.aborted) return;
    alive = true;
    if (isBinary) return hangUp(CLOSE.unsupported, 'text is expected');
    // Text comes in one buffer: the server of ws is asked for nothing else.
    const bytes = data as Buffer;
    if (bytes.length > MESSAGE_BYTES_MAX) return hangUp(CLOSE.tooBig, 'too long');
    if (queue.length >= QUEUE_MAX) return hangUp(CLOSE.misuse, 'one call after the other');
    queue.push(bytes.toString());
    if (!working) void work();
  });
}
