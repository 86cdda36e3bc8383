import type { SessionEnd } from '../../../schemas/desk.ts';
import type { Line, LineListener } from '../../../src/card/remote/line.ts';
import { closeCodes } from '../../../src/card/remote/machine.ts';

/** One end of a line in memory: what is sent waits until the test lets it pass, in order. */
export class MemoryLine implements Line {
  listener: LineListener | undefined;
  readonly sent: (string | { ping: true })[] = [];
  peer: MemoryLine | undefined;
  closedWith: SessionEnd | undefined;
  isOpen = true;
  waitingBytes = 0;

  send(text: string): void {
    if (this.isOpen) this.sent.push(text);
  }
  ping(): void {
    if (this.isOpen) this.sent.push({ ping: true });
  }
  close(end: SessionEnd): void {
    this.closedWith ??= end;
    this.#gone(closeCodes[end]);
  }
  cut(): void {
    this.#gone(1006);
  }

  /** Lets the next pass; a ping is answered as the library does. */
  pass(): void {
    const next = this.sent.shift();
    if (typeof next === 'string') this.peer?.listener?.text(next);
    else if (next) {
      this.peer?.listener?.sign();
      this.listener?.sign();
    }
  }

  #gone(code: number): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.listener?.closed(1006);
    const { peer } = this;
    if (!peer?.isOpen) return;
    peer.isOpen = false;
    peer.listener?.closed(code);
  }
}

export function linePair(): [MemoryLine, MemoryLine] {
  const [one, other] = [new MemoryLine(), new MemoryLine()];
  one.peer = other;
  other.peer = one;
  return [one, other];
}
