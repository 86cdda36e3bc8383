import type { Numbering } from './wire.ts';

/** What one end keeps until the other has it: what a desk may be asked or may tell in a break of half a minute. */
export const KEPT_MESSAGES_MAX = 256;
export const KEPT_BYTES_MAX = 524_288;

interface Kept {
  readonly n: number;
  readonly text: string;
}

/**
 * One end of an exchange of messages that outlives its connection. Messages are numbered and kept until the other end
 * has them; after a break those it lacks are sent again, and what comes twice is heard once.
 */
export class Channel<Message extends object> {
  #transmit: ((text: string) => void) | undefined;
  #sent = 0;
  #acknowledged = 0;
  #received = 0;
  readonly #kept: Kept[] = [];
  #keptBytes = 0;

  /** The last message of the other end that has come. */
  get received(): number {
    return this.#received;
  }

  /** Numbers a message and sends it, now or when a line is there. Answers false where the other end takes too little. */
  send(message: Message): boolean {
    const n = this.#sent + 1;
    const text = JSON.stringify({ ...message, n, ack: this.#received });
    if (this.#kept.length >= KEPT_MESSAGES_MAX || this.#keptBytes + text.length > KEPT_BYTES_MAX)
      return false;
    this.#sent = n;
    this.#kept.push({ n, text });
    this.#keptBytes += text.length;
    this.#transmit?.(text);
    return true;
  }

  /** What a numbered frame that came is: to be heard, heard before, or one that can't come. */
  receive({ n, ack }: Numbering): 'new' | 'repeated' | 'impossible' {
    if (!this.acknowledge(ack) || n > this.#received + 1) return 'impossible';
    if (n <= this.#received) return 'repeated';
    this.#received = n;
    return 'new';
  }

  /** The other end has the messages up to `ack`. Answers false where it can't have. */
  acknowledge(ack: number): boolean {
    if (ack > this.#sent) return false;
    if (ack <= this.#acknowledged) return true;
    for (const { text } of this.#kept.splice(0, ack - this.#acknowledged)) this.#keptBytes -= text.length;
    this.#acknowledged = ack;
    return true;
  }

  /** Goes on over a new line, from what the other end says it has. Answers false where it can't have that. */
  attach(transmit: (text: string) => void, receivedByOther: number): boolean {
    // What it once had it can't have lost: an end that forgot is another one.
    if (receivedByOther < this.#acknowledged || !this.acknowledge(receivedByOther)) return false;
    this.#transmit = transmit;
    for (const { text } of this.#kept) transmit(text);
    return true;
  }

  detach(): void {
    this.#transmit = undefined;
  }
}
