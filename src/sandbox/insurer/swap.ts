interface Waiting {
  readonly text: string;
  readonly resolve: (other: string) => void;
}

/** Mixes up the answers to two requests of one transaction, of which each waits for the other. */
export class Swap {
  readonly #waiting = new Map<string, Waiting>();

  /** The other's answer; the own one where nobody came until `own`. */
  async partner(infno: string, text: string, own: Promise<unknown>): Promise<string> {
    const other = this.#waiting.get(infno);
    if (other) {
      this.#waiting.delete(infno);
      other.resolve(text);
      return other.text;
    }
    return new Promise((resolve) => {
      const waiting = { text, resolve };
      this.#waiting.set(infno, waiting);
      void own.then(() => {
        if (this.#waiting.get(infno) === waiting) this.#waiting.delete(infno);
        resolve(text);
      });
    });
  }
}
