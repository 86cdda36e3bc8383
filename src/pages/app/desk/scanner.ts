/** A scanner that poses as a keyboard types this fast; nobody else does. */
const BETWEEN_KEYS_MS = 40;
/** Shorter than any code; what is typed by hand into a field is left to the field. */
const LENGTH_MIN = 10;
const LENGTH_MAX = 200;

/** Tells a scanner's keystrokes from a person's, wherever the focus is. */
export class Scanner {
  #text = '';
  #at = 0;

  /** Takes a key as it comes, with its time in ms; answers the code when it ends one. */
  take(key: string, at: number): string | undefined {
    const slow = at - this.#at > BETWEEN_KEYS_MS;
    this.#at = at;
    if (slow) this.#text = '';
    if (key === 'Enter' || key === 'Tab') {
      const code = this.#text;
      this.#text = '';
      return code.length >= LENGTH_MIN ? code : undefined;
    }
    if (key.length !== 1) return undefined;
    this.#text = this.#text.length < LENGTH_MAX ? this.#text + key : '';
    return undefined;
  }
}
