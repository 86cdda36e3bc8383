/**
 * After a good reading of a resident ID card, that card must leave the field before it is read again: most modules ask
 * for it (GA 467 modules' manuals), and on those that don't, a page that reads again and again would take one visitor
 * for the next.
 *
 *     open ──a card was read──► closed ──no card is found, or the reader is opened anew──► open
 *
 * What is found while it is closed is left alone: reading it would cost it the module's only look.
 */
export class LiftGate {
  #closed = false;
  #heldBack = false;
  #onClosed: () => void = () => {};

  /** Calls `listener` whenever a card was read that must now be lifted. */
  onClosed(listener: () => void): void {
    this.#onClosed = listener;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Whether the last look found a card that must first be lifted. */
  get heldBack(): boolean {
    return this.#heldBack;
  }

  /** Tells what a look found; answers whether it is a card that may be read. */
  admits(found: boolean): boolean {
    if (!found) this.open();
    this.#heldBack = found && this.#closed;
    return found && !this.#closed;
  }

  /** What was read has been lifted, or nobody knows any more what lies there. */
  open(): void {
    this.#closed = false;
    this.#heldBack = false;
  }

  cardRead(): void {
    this.#closed = true;
    this.#heldBack = false;
    this.#onClosed();
  }
}
