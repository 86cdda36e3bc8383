import type { Socket } from 'node:net';
import type { Armed, Misfortune, Way } from './line.ts';

/** How long a message may be held up. */
const DELAY_MAX_MS = 1_200;
/** A message to be repeated is kept no further than this. */
const REQUEST_BYTES_MAX = 1024 * 1024;

/** The line that a connection is part of. */
export interface Surroundings {
  readonly silent: boolean;
  /** Told of a connection that has become deaf because its line is silent. */
  silence(connection: Connection): void;
  /** The armed step, where this is the message it waits for. */
  takeArmed(way: Way, chunk: Buffer): Armed | undefined;
  /** What is to befall this message. */
  misfortune(way: Way): Misfortune | undefined;
  /** A random time up to that. */
  within(maxMs: number): number;
  /** Sends these bytes once more on a connection of their own, some time later. */
  repeat(bytes: Buffer): void;
}

/** One connection through a line. A message may go either way. */
export class Connection {
  readonly #line: Surroundings;
  readonly #ends: Record<Way, { readonly from: Socket; readonly to: Socket }>;
  /** What is held up on its way; what comes after it waits behind it, as on any connection. */
  readonly #held: Record<Way, (() => void)[]> = { there: [], back: [] };
  #request: Buffer[] = [];
  #deaf = false;
  /** What becomes of the next bytes that go that way. */
  #awaited: { readonly way: Way; readonly handle: (chunk: Buffer) => void } | undefined;

  constructor(line: Surroundings, client: Socket, server: Socket) {
    this.#line = line;
    this.#ends = { there: { from: client, to: server }, back: { from: server, to: client } };
    for (const way of ['there', 'back'] as const) {
      const { from, to } = this.#ends[way];
      from.on('data', (chunk: Buffer) => this.#pass(way, chunk));
      from.on('error', () => from.destroy());
      // A silent line does not tell either that the other end has gone.
      from.on('close', () => {
        if (!this.#isDeaf()) to.destroySoon();
      });
    }
  }

  end(): void {
    for (const { from } of Object.values(this.#ends)) from.destroy();
  }

  #isDeaf(): boolean {
    if (this.#line.silent && !this.#deaf) {
      this.#deaf = true;
      this.#line.silence(this);
    }
    return this.#deaf;
  }

  #pass(way: Way, chunk: Buffer): void {
    if (this.#isDeaf()) return;
    const awaited = this.#awaited;
    if (awaited?.way === way) {
      this.#awaited = undefined;
      awaited.handle(chunk);
    } else if (holds(chunk, '"type":"referral.')) {
      this.#remember(way, chunk);
      const armed = this.#line.takeArmed(way, chunk);
      if (armed) this.#stopAt(armed, way, chunk);
      else this.#befall(way, chunk);
    } else {
      this.#forward(way, chunk);
    }
    if (way === 'back') this.#request = [];
  }

  /** Stops a message where it is watched: nothing more of it passes, and whoever is to die dies now. */
  #stopAt({ moment, reached }: Armed, way: Way, chunk: Buffer): void {
    const back = opposite(way);
    switch (moment) {
      case 'sent':
        reached();
        break;
      case 'arrived':
        this.#write(way, chunk, reached);
        break;
      case 'taken':
        this.#awaited = { way: back, handle: reached };
        this.#write(way, chunk);
        break;
      case 'receipted':
        this.#awaited = { way: back, handle: (answer) => this.#write(back, answer, reached) };
        this.#write(way, chunk);
    }
  }

  #befall(way: Way, chunk: Buffer): void {
    const back = opposite(way);
    switch (this.#line.misfortune(way)) {
      case 'drop':
        this.end();
        break;
      case 'delay':
        this.#holdUp(way, chunk);
        break;
      case 'lose-receipt':
        this.#awaited = { way: back, handle: () => this.end() };
        this.#write(way, chunk);
        break;
      case 'duplicate':
        this.#awaited = {
          way: back,
          handle: (answer) => {
            this.#line.repeat(Buffer.concat(this.#request));
            this.#write(back, answer);
          },
        };
        this.#write(way, chunk);
        break;
      default:
        this.#write(way, chunk);
    }
  }

  /** Passes on what nothing befalls. */
  #forward(way: Way, chunk: Buffer): void {
    this.#remember(way, chunk);
    this.#write(way, chunk);
  }

  #write(way: Way, chunk: Buffer, written?: () => void): void {
    const write = () => void this.#ends[way].to.write(chunk, written);
    if (this.#held[way].length > 0) this.#held[way].push(write);
    else write();
  }

  #holdUp(way: Way, chunk: Buffer): void {
    const held = this.#held[way];
    held.push(() => void this.#ends[way].to.write(chunk));
    if (held.length > 1) return;
    setTimeout(() => {
      for (const write of held.splice(0)) if (!this.#isDeaf()) write();
    }, this.#line.within(DELAY_MAX_MS));
  }

  /** Keeps the bytes of the request that is under way; the first bytes back end it. */
  #remember(way: Way, chunk: Buffer): void {
    if (way === 'back') return;
    const bytes = this.#request.reduce((sum, { length }) => sum + length, chunk.length);
    if (bytes <= REQUEST_BYTES_MAX) this.#request.push(chunk);
  }
}

/** Whether bytes hold this piece of JSON, as it is or within a text of other JSON. */
export function holds(chunk: Buffer, json: string): boolean {
  return chunk.includes(json) || chunk.includes(json.replaceAll('"', '\\"'));
}

function opposite(way: Way): Way {
  return way === 'there' ? 'back' : 'there';
}
