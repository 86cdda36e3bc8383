import { Transform, type TransformCallback } from 'node:stream';
import { Window } from './window.ts';

/** What the bytes at a place of the window are, as far as they have come. */
export type Finding<Token> =
  /** A token of so many bytes. `checked` where a checksum proves it. */
  | { readonly token: Token; readonly bytes: number; readonly checked: boolean }
  /** The beginning of one, perhaps; it takes at least so many bytes to tell. */
  | { readonly atLeast: number }
  | 'nothing';

/** What a dialect's bytes look like. */
export interface Grammar<Token> {
  /** No token is longer, and no finding asks for more. */
  readonly frameBytesMax: number;
  /** Whether tokens may hold a PIN: bytes are wiped as soon as they are understood. */
  readonly secret?: boolean;
  /** Looks at the window from `at` on; there is at least one byte. */
  look(window: Window, at: number): Finding<Token>;
}

/** A pause this long inside a frame means that the rest may never come; USB-serial chips pause for 16 ms at most. */
const PAUSE_MS = 100;

/**
 * Cuts the bytes of a line into tokens. After bytes that make no sense it looks again from the very next one, so a
 * good frame behind a false header is found; it holds less than one frame's bytes, and looks at each only as often
 * as a header may begin there, so its time grows with the bytes and nothing else.
 *
 * A false header may claim more bytes than will ever come. When the line pauses, the bytes behind it are searched
 * for a whole checked frame; where there is none they stay, in case it was the frame that paused.
 */
export class Framer<Token> extends Transform {
  readonly #grammar: Grammar<Token>;
  readonly #window: Window;
  #atLeast = 1;
  #discarded = 0;
  #pause: NodeJS.Timeout | undefined;

  constructor(grammar: Grammar<Token>) {
    super({ readableObjectMode: true });
    this.#grammar = grammar;
    this.#window = new Window(grammar.frameBytesMax);
  }

  /** Bytes that belonged to no token, since the beginning, with those that wait for the rest of theirs. */
  get noiseBytes(): number {
    return this.#discarded + this.#window.length;
  }

  /** Bytes held for a frame that is not complete. */
  get heldBytes(): number {
    return this.#window.length;
  }

  /** Forgets a frame that has only begun. */
  reset(): void {
    this.#discarded += this.#window.length;
    this.#window.clear();
    this.#atLeast = 1;
  }

  /** Takes whole checked frames that hide behind a header whose own frame doesn't come to its end. */
  searchBehind(): void {
    for (let at = 1; at < this.#window.length; at++) {
      const finding = this.#grammar.look(this.#window, at);
      if (finding === 'nothing' || 'atLeast' in finding || !finding.checked) continue;
      this.#discard(at);
      this.#scan();
      at = 0;
    }
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    for (let offset = 0; offset < chunk.length; ) {
      offset += this.#window.append(chunk, offset);
      this.#scan();
    }
    if (this.#grammar.secret) {
      chunk.fill(0);
      if (this.#window.length === 0) this.#window.clear();
    }
    if (this.#window.length > 1) this.#watchForPause();
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearTimeout(this.#pause);
    done(error);
  }

  #scan(): void {
    while (this.#window.length >= this.#atLeast) {
      this.#atLeast = 1;
      const finding = this.#grammar.look(this.#window, 0);
      if (finding === 'nothing') {
        this.#discard(1);
      } else if ('token' in finding) {
        this.#window.drop(finding.bytes);
        this.push(finding.token);
      } else {
        this.#atLeast = finding.atLeast;
      }
    }
  }

  #discard(count: number): void {
    this.#window.drop(count);
    this.#discarded += count;
    this.#atLeast = 1;
  }

  #watchForPause(): void {
    if (this.#pause) this.#pause.refresh();
    else this.#pause = setTimeout(() => this.searchBehind(), PAUSE_MS).unref();
  }
}
