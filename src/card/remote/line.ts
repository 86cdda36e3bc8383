import type { RawData, WebSocket } from 'ws';
import type { SessionEnd } from '../../../schemas/desk.ts';
import { closeCodes } from './machine.ts';

/** One connection, as a session sees it. */
export interface Line {
  /** From now on this one hears what comes; undefined for nobody. */
  listener: LineListener | undefined;
  send(text: string): void;
  ping(): void;
  /** Bytes that are sent and not yet taken by the network. */
  readonly waitingBytes: number;
  /** Tells the other end why and closes; cut off where it does not close in turn. */
  close(end: SessionEnd): void;
  /** Cuts it off at once. */
  cut(): void;
}

/** Who hears what comes over a line. Nothing of it throws. */
export interface LineListener {
  text(text: string): void;
  /** A sign of life: a ping or the answer to one. */
  sign(): void;
  /** A frame that is no text. */
  garbage(): void;
  closed(code: number): void;
}

/** A WebSocket (RFC 6455) as a line. */
export class SocketLine implements Line {
  listener: LineListener | undefined;
  readonly #socket: WebSocket;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: RawData, isBinary: boolean) => {
      if (isBinary) this.listener?.garbage();
      else this.listener?.text(String(data));
    });
    const sign = () => this.listener?.sign();
    socket.on('ping', sign);
    socket.on('pong', sign);
    socket.on('close', (code) => this.listener?.closed(code));
  }

  get waitingBytes(): number {
    return this.#socket.bufferedAmount;
  }

  send(text: string): void {
    this.#socket.send(text, ignored);
  }

  ping(): void {
    this.#socket.ping(undefined, undefined, ignored);
  }

  close(end: SessionEnd): void {
    this.#socket.close(closeCodes[end], end);
  }

  cut(): void {
    this.#socket.terminate();
  }
}

/** What could not be sent is kept by the channel; that the line is gone is told by its closing. */
function ignored(): void {}
