import type { Logger } from 'pino';
import { maskError } from '../access/masking.ts';
import type { Door } from './door.ts';
import type { LinkKeys } from './keys.ts';
import type { Link } from './port.ts';

/** Another organisation that messages go to and come from. */
export interface Peer {
  readonly code: string;
  readonly link: Link;
  readonly keys: LinkKeys;
}

/** What links listen with. */
export interface OpenDoor extends Pick<Door, 'take' | 'open'> {
  /** The organisation was heard of, though nobody waited for it. */
  heard(organisation: string): void;
}

/**
 * The organisations there is a link to. It may change while the gateway runs: the worker and the door look here for
 * each message.
 */
export class Peers {
  readonly #links = new Map<string, Link>();
  readonly #keys = new Map<string, LinkKeys>();
  readonly #logger: Logger;
  #door: OpenDoor | undefined;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** The link to each, by its code. */
  get links(): ReadonlyMap<string, Link> {
    return this.#links;
  }

  get keys(): ReadonlyMap<string, LinkKeys> {
    return this.#keys;
  }

  /** Puts an organisation in, or another link in the place of its old one, which is let go of. */
  put({ code, link, keys }: Peer): void {
    const before = this.#links.get(code);
    this.#links.set(code, link);
    this.#keys.set(code, keys);
    if (before) this.#letGo(before);
    if (this.#door) link.listen?.(this.#door.take, this.#door.open, this.#door.heard);
  }

  /** Messages to it wait from now on, and its own are refused. */
  remove(code: string): void {
    const before = this.#links.get(code);
    this.#links.delete(code);
    this.#keys.delete(code);
    if (before) this.#letGo(before);
  }

  /** From now on, what comes over connections of our own making is taken. */
  listen(door: OpenDoor): void {
    this.#door = door;
    for (const link of this.#links.values()) link.listen?.(door.take, door.open, door.heard);
  }

  /** Lets go of all links; closing again does nothing. */
  async close(): Promise<void> {
    this.#door = undefined;
    const links = [...this.#links.values()];
    this.#links.clear();
    this.#keys.clear();
    await Promise.all(links.map((link) => link.close()));
  }

  #letGo(link: Link): void {
    link.close().catch((error: unknown) => {
      this.#logger.warn(
        { organisation: link.organisation, err: maskError(error) },
        'a former link did not close',
      );
    });
  }
}
