import type { MoreReaders, PooledReader } from '../pool.ts';
import type { Line, LineListener } from './line.ts';
import { GREETING_MS } from './machine.ts';
import { type DeskStatus, RemoteDesk, type RemoteDeskParts } from './remote-desk.ts';
import { parseHello, WIRE_VERSION } from './wire.ts';

/** A desk that stayed away for longer is not listed any more: a day, so that a night or a power cut is none. */
const FORGOTTEN_AFTER_MS = 24 * 3_600_000;

/** The desks of an institution, at its gateway: their sessions and, for the pool, their readers. */
export class DeskHost implements MoreReaders {
  readonly #parts: RemoteDeskParts;
  readonly #desks = new Map<string, RemoteDesk>();
  /** Lines on which nobody has said hello yet, one for each client: a further one takes its place. */
  readonly #greeting = new Map<string, Line>();
  #closing = false;

  constructor(parts: RemoteDeskParts) {
    this.#parts = parts;
  }

  /** A line of an authenticated client, whose id names the desk. */
  arrive(client: string, line: Line): void {
    if (this.#closing) line.close('stopping');
    else this.#expectHello(client, line);
  }

  desks(): DeskStatus[] {
    this.#forget();
    return [...this.#desks.values()].map((desk) => desk.status());
  }

  list(): readonly PooledReader[] {
    this.#forget();
    return [...this.#desks.values()].flatMap((desk) => [...desk.readers.values()]);
  }

  find(id: string): PooledReader | undefined {
    const desk = this.#desks.get(id.slice(0, id.indexOf('.')));
    return desk?.readers.get(id);
  }

  async close(): Promise<void> {
    this.#closing = true;
    for (const line of this.#greeting.values()) line.close('stopping');
    for (const desk of this.#desks.values()) desk.end('stopping');
  }

  #expectHello(client: string, line: Line): void {
    this.#greeting.get(client)?.cut();
    this.#greeting.set(client, line);
    const cancelLimit = this.#parts.timers.start(GREETING_MS, () => line.cut());
    const over = () => {
      cancelLimit();
      if (this.#greeting.get(client) === line) this.#greeting.delete(client);
      line.listener = undefined;
    };
    line.listener = {
      text: (text) => {
        over();
        this.#greeted(client, line, text);
      },
      sign: () => {},
      garbage: () => {
        over();
        line.close('protocol');
      },
      closed: over,
    } satisfies LineListener;
  }

  #greeted(client: string, line: Line, text: string): void {
    const hello = parseHello(text);
    if (!hello) line.close('protocol');
    else if (hello.version !== WIRE_VERSION) line.close('version');
    else {
      const desk = this.#desks.get(client) ?? new RemoteDesk(client, this.#parts);
      this.#desks.set(client, desk);
      desk.join(hello, line);
    }
  }

  #forget(): void {
    const before = this.#parts.clock.now() - FORGOTTEN_AFTER_MS;
    for (const [id, desk] of this.#desks) {
      const { state, since, lastEnd } = desk.status();
      if (state === 'gone' && (since < before || lastEnd === 'goodbye')) this.#desks.delete(id);
    }
  }
}
