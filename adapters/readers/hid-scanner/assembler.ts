import type { Timers } from '../../../src/clock.ts';
import { CODE_BYTES_MAX } from '../codes.ts';
import { partOf } from './report.ts';

/** The reports of one code follow each other within milliseconds. */
const PAUSE_MS = 500;

/**
 * Puts the parts of a code together. A chain of reports that stops, that changes its AIM identifier half-way or that
 * grows past every code is dropped, and what comes next is a code of its own.
 */
export class CodeAssembler {
  readonly #vendorId: string;
  readonly #deliver: (code: string) => void;
  readonly #timers: Timers;
  #parts: Buffer[] = [];
  #bytes = 0;
  #aim: string | undefined;
  #cancelPause = () => {};

  constructor(vendorId: string, deliver: (code: string) => void, timers: Timers) {
    this.#vendorId = vendorId;
    this.#deliver = deliver;
    this.#timers = timers;
  }

  /** Bytes held for a code that is not complete. */
  get heldBytes(): number {
    return this.#parts.reduce((sum, part) => sum + part.length, 0);
  }

  /** Takes a report, its id first. */
  take(report: Buffer): void {
    const part = partOf(report, this.#vendorId);
    if (!part) return;
    if (part.aim !== this.#aim) this.drop();
    this.#aim = part.aim;
    this.#bytes += part.data.length;
    // Of a code that is too long nothing is kept, but its end is still waited for.
    if (this.#bytes > CODE_BYTES_MAX) this.#parts = [];
    else if (part.data.length > 0) this.#parts.push(Buffer.from(part.data));
    this.#cancelPause();
    if (part.more) {
      this.#cancelPause = this.#timers.start(PAUSE_MS, () => this.drop());
      return;
    }
    const code = this.#bytes > CODE_BYTES_MAX ? '' : Buffer.concat(this.#parts).toString('utf8');
    this.drop();
    if (code !== '') this.#deliver(code);
  }

  /** Forgets a code that has only begun. */
  drop(): void {
    this.#cancelPause();
    this.#parts = [];
    this.#bytes = 0;
    this.#aim = undefined;
  }
}
