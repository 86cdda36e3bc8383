import { hash } from 'node:crypto';

/**
 * After a good reading of a resident ID card, that card must leave the field before it is read again: most modules ask
 * for it (GA 467 modules' manuals), and on those that don't, a page that reads again and again would take one visitor
 * for the next.
 *
 *     open ──a card was read──► closed for this card ──no card is found, or another is──► open
 *
 * Cards can be exchanged between two looks, so another card counts as lifting the first. Of a card its hash is kept, in
 * memory.
 */
export class LiftGate {
  #last: string | undefined;
  #heldBack = false;
  #onClosed: () => void = () => {};

  /** Calls `listener` whenever a card was read that must now be lifted. */
  onClosed(listener: () => void): void {
    this.#onClosed = listener;
  }

  /** Whether a card that is found may be one that was not lifted. */
  get closed(): boolean {
    return this.#last !== undefined;
  }

  /** Whether the last look found the card that should have been lifted. */
  get heldBack(): boolean {
    return this.#heldBack;
  }

  /** A look found no card: whatever was read has been lifted. */
  nothingThere(): void {
    this.#last = undefined;
    this.#heldBack = false;
  }

  /** Whether this is another card than the one that must be lifted. */
  admits(text: Buffer): boolean {
    this.#heldBack = this.#last === fingerprint(text);
    return !this.#heldBack;
  }

  cardRead(text: Buffer): void {
    this.#last = fingerprint(text);
    this.#heldBack = false;
    this.#onClosed();
  }
}

function fingerprint(text: Buffer): string {
  return hash('sha256', text, 'base64');
}
