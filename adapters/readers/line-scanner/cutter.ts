import { CODE_BYTES_MAX } from '../codes.ts';

/** What scanners are set to send after a code: TAB, LF, CR, ETX. */
const ENDS: ReadonlySet<number> = new Set([0x09, 0x0a, 0x0d, 0x03]);

const PRINTABLE_MIN = 0x20;
const PRINTABLE_MAX = 0x7e;

/**
 * Cuts the bytes of a line into codes. The codes of documents are printable ASCII, so everything else between them
 * is what a line picks up, or a prefix such as STX, and is dropped. So is a code that is longer than any: its rest
 * is swallowed up to its end.
 */
export class CodeCutter {
  readonly #held = Buffer.alloc(CODE_BYTES_MAX);
  #bytes = 0;
  #tooLong = false;

  /** Whether a code has begun that has not ended. */
  get begun(): boolean {
    return this.#bytes > 0 || this.#tooLong;
  }

  /** Takes bytes as they come; answers the codes that end in them. */
  take(chunk: Uint8Array): string[] {
    const codes: string[] = [];
    for (const byte of chunk) {
      if (ENDS.has(byte)) codes.push(...this.end());
      else if (byte >= PRINTABLE_MIN && byte <= PRINTABLE_MAX) this.#add(byte);
    }
    return codes;
  }

  /** The code that has begun, where a pause is its end. */
  end(): string[] {
    const code = this.#tooLong ? '' : this.#held.toString('latin1', 0, this.#bytes);
    this.#held.fill(0, 0, this.#bytes);
    this.#bytes = 0;
    this.#tooLong = false;
    return code === '' ? [] : [code];
  }

  #add(byte: number): void {
    if (this.#bytes === CODE_BYTES_MAX) this.#tooLong = true;
    else this.#held[this.#bytes++] = byte;
  }
}
