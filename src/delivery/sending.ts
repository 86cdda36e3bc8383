import type { Logger } from 'pino';
import { maskError } from '../access/masking.ts';
import type { StoredOutbox } from './outbox.ts';
import { type Handed, type Link, LinkError, type Message } from './port.ts';
import type { DeliveryRow } from './queries.ts';

export interface SenderParts {
  readonly outbox: StoredOutbox;
  /** By organisation code. */
  readonly links: ReadonlyMap<string, Link>;
  readonly logger: Logger;
  /** The code of our own organisation. */
  readonly organisation: string;
}

/** Hands leased messages to their link, each attempt within its time, until it is cut off. */
export class Sender {
  readonly #parts: SenderParts;
  readonly #timeoutMs: number;
  readonly #attempts = new Set<AbortController>();
  #cut = false;

  /** @param timeoutMs how long a receipt is waited for */
  constructor(parts: SenderParts, timeoutMs: number) {
    this.#parts = parts;
    this.#timeoutMs = timeoutMs;
  }

  /** Whether attempts were cut off by our own stop: then a failure says nothing. */
  get isCut(): boolean {
    return this.#cut;
  }

  /** Cuts off what is under way. */
  cut(): void {
    this.#cut = true;
    for (const attempt of this.#attempts)
      attempt.abort(new LinkError('transient', 'the gateway is stopping'));
  }

  /** Sends messages to one organisation, together where there are several. What became of each; never rejects. */
  async send(organisation: string, rows: readonly DeliveryRow[]): Promise<readonly Handed[]> {
    const attempt = new AbortController();
    const late = new LinkError('transient', 'no answer in time');
    const timer = setTimeout(() => attempt.abort(late), this.#timeoutMs);
    this.#attempts.add(attempt);
    try {
      return await this.#hand(organisation, rows, attempt.signal);
    } catch (error) {
      const failure = this.#failureOf(error, organisation);
      return rows.map(() => failure);
    } finally {
      clearTimeout(timer);
      this.#attempts.delete(attempt);
    }
  }

  async #hand(
    organisation: string,
    rows: readonly DeliveryRow[],
    signal: AbortSignal,
  ): Promise<readonly Handed[]> {
    const link = this.#parts.links.get(organisation);
    // The configuration may bring it back; until it does, or the message expires, there is nothing to do.
    if (!link) throw new LinkError('transient', 'no link to this organisation is configured');
    const messages = rows.map((row) => this.#parts.outbox.messageOf(row, this.#parts.organisation));
    if (link.sendAll && messages.length > 1) return link.sendAll(messages, signal);
    return Promise.all(messages.map((message) => this.#one(link, message, signal)));
  }

  async #one(link: Link, message: Message, signal: AbortSignal): Promise<Handed> {
    return link.send(message, signal).catch((error: unknown) => this.#failureOf(error, link.organisation));
  }

  #failureOf(error: unknown, organisation: string): LinkError {
    if (error instanceof LinkError) return error;
    this.#parts.logger.error({ err: maskError(error), organisation }, 'a link failed unexpectedly');
    return new LinkError('transient', 'the link failed unexpectedly');
  }
}
