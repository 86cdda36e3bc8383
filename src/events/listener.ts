import type { ServerResponse } from 'node:http';
import type { SSEMessage, SSEReplyInterface } from '@fastify/sse';
import type { GatewayEvent } from './events.ts';

/** Events that wait for a slow listener: twice what one who comes back may have missed. One who falls further behind is cut off and comes back for the rest. */
export const WAITING_MAX = 2_000;

/** One listener of the event stream: sends in order, as fast as he takes it, and holds a bounded number back. */
export class Listener {
  readonly #stream: SSEReplyInterface;
  readonly #line: ServerResponse;
  readonly #view: (event: GatewayEvent) => SSEMessage;
  readonly #waiting: GatewayEvent[];
  #sending = false;

  constructor(
    reply: { readonly sse: SSEReplyInterface; readonly raw: ServerResponse },
    view: (event: GatewayEvent) => SSEMessage,
    missed: readonly GatewayEvent[],
  ) {
    this.#stream = reply.sse;
    this.#line = reply.raw;
    this.#view = view;
    this.#waiting = [...missed];
    this.#send();
  }

  hear(event: GatewayEvent): void {
    if (this.#waiting.length >= WAITING_MAX) {
      this.close();
    } else {
      this.#waiting.push(event);
      this.#send();
    }
  }

  /** Ends the stream; one that is clogged would never come to its end and is cut. */
  close(): void {
    const clogged = this.#line.writableLength > 0;
    this.#waiting.length = 0;
    this.#stream.close();
    if (clogged) this.#line.destroy();
  }

  /** Sends one at a time; a listener who takes nothing leaves the rest waiting. */
  #send(): void {
    if (this.#sending) return;
    const event = this.#waiting.shift();
    if (!event || !this.#stream.isConnected) return;
    this.#sending = true;
    this.#stream
      .send(this.#view(event))
      .catch(() => this.close())
      .finally(() => {
        this.#sending = false;
        this.#send();
      });
  }
}
