import type { Socket } from 'node:net';
import { Fault } from '../../../src/errors.ts';
import { encodeMessage, MessageCutter } from './message.ts';

/**
 * A virtual card that has dialled in. Its answers have no numbers, so one that comes late would be taken for the
 * next: after a time-out, and after anything that nobody asked for, the connection is ended, which is the same as
 * taking the card away.
 */
export class CardConnection {
  readonly #socket: Socket;
  readonly #cutter = new MessageCutter();
  #pending: { take(answer: Buffer): void; fail(fault: Fault): void } | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    // An 'error' nobody listens to would end the process; 'close' always follows it.
    socket.on('error', () => {});
    socket.on('data', (bytes) => this.#receive(bytes));
    socket.once('close', () => this.#pending?.fail(new Fault('card.removed')));
  }

  get ended(): boolean {
    return this.#socket.destroyed;
  }

  /** Sends what has no answer. */
  tell(body: Buffer): void {
    this.#socket.write(encodeMessage(body));
  }

  /**
   * Sends what has an answer, and waits for it. Faults: `card.removed`, `reader.silent`, `reader.protocol`.
   * @param what For the text of a fault: "card command".
   */
  ask(what: string, body: Buffer, timeoutMs: number): Promise<Buffer> {
    if (this.#pending) throw new Error('a card takes one command at a time');
    if (this.ended) throw new Fault('card.removed', { detail: what });
    return new Promise((resolve, reject) => {
      const settle = () => {
        clearTimeout(timer);
        this.#pending = undefined;
      };
      const take = (answer: Buffer) => {
        settle();
        resolve(answer);
      };
      const fail = (fault: Fault) => {
        settle();
        reject(fault);
      };
      const timer = setTimeout(() => {
        fail(new Fault('reader.silent', { detail: `${what}: no answer within ${timeoutMs} ms` }));
        this.end();
      }, timeoutMs);
      this.#pending = { take, fail };
      this.tell(body);
    });
  }

  /** Takes the card away. */
  end(): void {
    this.#socket.destroy();
  }

  #receive(bytes: Buffer): void {
    const messages = this.#cutter.take(bytes);
    if (messages === 'too-long') {
      this.#pending?.fail(new Fault('reader.protocol', { detail: 'a message longer than any card sends' }));
      this.end();
      return;
    }
    for (const message of messages) {
      if (this.#pending) this.#pending.take(message);
      else this.end();
    }
  }
}
