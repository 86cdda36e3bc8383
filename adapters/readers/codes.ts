import type { CodeScanner } from '../../src/card/port.ts';
import type { Timers } from '../../src/clock.ts';
import { Fault } from '../../src/errors.ts';

/** No code is longer: a QR code of version 40 holds 4 296 letters, and no document comes near. */
export const CODE_BYTES_MAX = 4_096;

/** A code counts when it was scanned at most this long before it is asked for. */
const FRESH_MS = 2_000;

/** Codes kept at most; the oldest gives way. */
const KEPT_MAX = 4;

interface Kept {
  readonly code: string;
  readonly forget: () => void;
}

/**
 * Where the codes of a scanner wait for whoever asks, and whoever asks for a code. A code that nobody asks for is
 * forgotten after two seconds: it belongs to a patient, and the next one must not be taken for him. For the same
 * reason a code that the scanner reads again, because the phone still lies before it, is kept only once, and not at
 * all when it has just been given away.
 */
export class CodeMailbox implements CodeScanner {
  readonly #timers: Timers;
  #kept: Kept[] = [];
  #given: Kept | undefined;
  #waiter: { take(code: string): void; fail(fault: Fault): void } | undefined;
  #lost = false;

  constructor(lost: Promise<void>, timers: Timers) {
    this.#timers = timers;
    void lost.then(() => this.#end());
  }

  /** Takes what was scanned, with whatever the scanner puts around it. */
  put(scanned: string): void {
    const code = bare(scanned);
    if (code === '' || code.length > CODE_BYTES_MAX || this.#lost) return;
    if (this.#waiter) {
      this.#remember(code);
      this.#waiter.take(code);
    } else if (this.#given?.code !== code) {
      this.#keep(code);
    }
  }

  async next(timeoutMs: number, signal: AbortSignal): Promise<string | undefined> {
    if (this.#waiter) throw new Error('a scanner serves one at a time');
    if (this.#lost) throw new Fault('reader.lost');
    if (signal.aborted) return undefined;
    const [kept] = this.#kept;
    if (!kept) return this.#scanned(timeoutMs, signal);
    this.#forget(kept);
    this.#remember(kept.code);
    return kept.code;
  }

  #keep(code: string): void {
    this.#forget(this.#kept.find((kept) => kept.code === code));
    if (this.#kept.length === KEPT_MAX) this.#forget(this.#kept[0]);
    const kept: Kept = { code, forget: this.#timers.start(FRESH_MS, () => this.#forget(kept)) };
    this.#kept.push(kept);
  }

  #scanned(timeoutMs: number, signal: AbortSignal): Promise<string | undefined> {
    return new Promise((resolve, reject) => {
      const settle = () => {
        cancel();
        signal.removeEventListener('abort', none);
        this.#waiter = undefined;
      };
      const take = (code: string | undefined) => {
        settle();
        resolve(code);
      };
      const fail = (fault: Fault) => {
        settle();
        reject(fault);
      };
      const none = () => take(undefined);
      const cancel = this.#timers.start(timeoutMs, none);
      signal.addEventListener('abort', none, { once: true });
      this.#waiter = { take, fail };
    });
  }

  #remember(code: string): void {
    this.#given?.forget();
    const forget = this.#timers.start(FRESH_MS, () => {
      this.#given = undefined;
    });
    this.#given = { code, forget };
  }

  #forget(kept: Kept | undefined): void {
    kept?.forget();
    this.#kept = this.#kept.filter((each) => each !== kept);
  }

  #end(): void {
    this.#lost = true;
    for (const kept of this.#kept) kept.forget();
    this.#kept = [];
    this.#given?.forget();
    this.#given = undefined;
    this.#waiter?.fail(new Fault('reader.lost'));
  }
}

/** Without the symbology identifier (ISO/IEC 15424: `]Q1`) that scanners can be told to send first, and the line end. */
function bare(scanned: string): string {
  return scanned.replace(/^\][A-Za-z][0-9A-Za-z]/, '').replace(/[\r\n\t]+$/, '');
}
