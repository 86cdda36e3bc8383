/** The inside of a virtual reader: bytes in, bytes out, no I/O. */
export interface VirtualDevice<Card> {
  /** Takes bytes as they come, in any pieces; answers the frames they bring about. */
  receive(bytes: Buffer, nowMs: number): Buffer[];
  /** Lays or puts the card down; answers what the reader says by itself about it. */
  insert(card: Card): Buffer[];
  remove(): Buffer[];
}

/** A frame begun and not ended within this time is forgotten, as the firmware of readers does it. */
const PAUSE_MS = 200;

/** What the bytes at the beginning are: a whole frame, the beginning of one, or nothing. */
export type Cut = { readonly frameBytes: number } | 'incomplete' | 'nothing';

/** Cuts requests out of what a host sends, and never keeps more than one. */
export class RequestCutter {
  readonly #cut: (bytes: Buffer) => Cut;
  #held: Buffer = Buffer.alloc(0);
  #lastMs = 0;

  /** `cut` must not call anything longer than a few hundred bytes incomplete. */
  constructor(cut: (bytes: Buffer) => Cut) {
    this.#cut = cut;
  }

  take(bytes: Buffer, nowMs: number): Buffer[] {
    if (nowMs - this.#lastMs > PAUSE_MS) this.#held = Buffer.alloc(0);
    this.#lastMs = nowMs;
    const all = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    const frames: Buffer[] = [];
    let at = 0;
    while (at < all.length) {
      const cut = this.#cut(all.subarray(at));
      if (cut === 'incomplete') break;
      if (cut !== 'nothing') frames.push(all.subarray(at, at + cut.frameBytes));
      at += cut === 'nothing' ? 1 : cut.frameBytes;
    }
    this.#held = Buffer.from(all.subarray(at));
    return frames;
  }
}

/** XOR of all bytes: the checksum of both dialects. */
export function xorOf(bytes: Buffer): number {
  let sum = 0;
  for (const byte of bytes) sum ^= byte;
  return sum;
}
