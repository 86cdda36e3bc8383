import { connect, createServer, type Socket } from 'node:net';
import type { Chance } from '../../end-to-end/random.ts';
import type { Scene } from '../../setup/process.ts';
import { Connection, holds, type Surroundings } from './connection.ts';
import type { Step } from './steps.ts';

/** What befalls a message on a bad line, and how often. */
const MISFORTUNES = {
  /** The connection breaks before the receiver has the message. */
  drop: 0.04,
  /** The receiver has it, and the connection breaks before the receipt is through. */
  'lose-receipt': 0.04,
  /** It comes late, and others overtake it. */
  delay: 0.12,
  /** It comes once more, some time after. */
  duplicate: 0.06,
} as const;
export type Misfortune = keyof typeof MISFORTUNES;

const DUPLICATE_AFTER_MAX_MS = 3_000;
const DUPLICATE_ANSWER_WITHIN_MS = 5_000;

/** From who calls to who is called, and back. */
export type Way = 'there' | 'back';

export interface LineOptions {
  readonly targetPort: number;
  readonly chance: Chance;
  /** Whether a message can be repeated by sending its bytes again: not where a connection begins with a greeting. */
  readonly repeatable: boolean;
}

/** A line between two gateways that can be watched and troubled. It knows messages by the type in their envelope. */
export interface Line {
  readonly port: number;
  /** What has befallen messages so far. */
  readonly befell: Readonly<Record<string, number>>;
  /** Whether misfortunes happen. */
  bad: boolean;
  /** The next message of that kind stops at that moment, where it then is; `reached` is told, once. */
  arm(step: Pick<Step, 'kind' | 'moment'>, reached: () => void): void;
  disarm(): void;
  /**
   * For so long, lines stay open and nothing passes over them; new ones come about and are as silent. What it has
   * swallowed never comes through. At the end the silent connections are reset, or left to be found dead.
   */
  fallSilent(ms: number, thenReset: boolean): Promise<void>;
}

export interface Armed extends Pick<Step, 'kind' | 'moment'> {
  readonly reached: () => void;
}

/** A line as it is for the messages that go each way: there from who calls, back to it. */
export async function startLine(scene: Scene, options: LineOptions): Promise<Readonly<Record<Way, Line>>> {
  const line = new TroubledLine(options);
  await line.listen();
  scene.teardown(() => line.stop());
  return { there: new LineOneWay(line, 'there'), back: new LineOneWay(line, 'back') };
}

class LineOneWay implements Line {
  readonly #line: TroubledLine;
  readonly #way: Way;

  constructor(line: TroubledLine, way: Way) {
    this.#line = line;
    this.#way = way;
  }

  get port(): number {
    return this.#line.port;
  }

  get befell(): Readonly<Record<string, number>> {
    return this.#line.befell;
  }

  get bad(): boolean {
    return this.#line.bad;
  }

  set bad(bad: boolean) {
    this.#line.bad = bad;
  }

  arm(step: Pick<Step, 'kind' | 'moment'>, reached: () => void): void {
    this.#line.armed[this.#way] = { ...step, reached };
  }

  disarm(): void {
    this.#line.armed[this.#way] = undefined;
  }

  fallSilent(ms: number, thenReset: boolean): Promise<void> {
    return this.#line.fallSilent(ms, thenReset);
  }
}

class TroubledLine implements Surroundings {
  readonly #options: LineOptions;
  readonly #server = createServer((client) => this.#serve(client));
  readonly #sockets = new Set<Socket>();
  readonly #silenced = new Set<Connection>();
  readonly befell: Record<string, number> = {};
  readonly armed: Partial<Record<Way, Armed | undefined>> = {};
  bad = false;
  silent = false;

  constructor(options: LineOptions) {
    this.#options = options;
  }

  listen(): Promise<void> {
    return new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  async fallSilent(ms: number, thenReset: boolean): Promise<void> {
    this.count('silence');
    this.silent = true;
    await new Promise((resolve) => setTimeout(resolve, ms));
    this.silent = false;
    if (thenReset) for (const connection of this.#silenced) connection.end();
    this.#silenced.clear();
  }

  /** The armed step, where the message is of its kind. */
  takeArmed(way: Way, chunk: Buffer): Armed | undefined {
    const armed = this.armed[way];
    if (!armed || !holds(chunk, `"type":"${armed.kind}"`)) return undefined;
    this.armed[way] = undefined;
    return armed;
  }

  /** What is to befall this message. */
  misfortune(way: Way): Misfortune | undefined {
    if (!this.bad) return undefined;
    let drawn = this.#options.chance.next();
    for (const [name, share] of Object.entries(MISFORTUNES) as [Misfortune, number][]) {
      drawn -= share;
      if (drawn >= 0) continue;
      if (name === 'duplicate' && (way === 'back' || !this.#options.repeatable)) return undefined;
      this.count(name);
      return name;
    }
    return undefined;
  }

  within(maxMs: number): number {
    return this.#options.chance.between(1, maxMs);
  }

  count(what: string): void {
    this.befell[what] = (this.befell[what] ?? 0) + 1;
  }

  silence(connection: Connection): void {
    this.#silenced.add(connection);
  }

  /** Sends a request once more, on a connection of its own, and does not care for the answer. */
  repeat(bytes: Buffer): void {
    setTimeout(() => {
      const again = this.track(connect(this.#options.targetPort, '127.0.0.1'));
      again.setTimeout(DUPLICATE_ANSWER_WITHIN_MS, () => again.destroy());
      again.on('error', () => again.destroy()).on('data', () => again.destroy());
      again.write(bytes);
    }, this.within(DUPLICATE_AFTER_MAX_MS)).unref();
  }

  track(socket: Socket): Socket {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    return socket;
  }

  #serve(client: Socket): void {
    const server = connect(this.#options.targetPort, '127.0.0.1');
    new Connection(this, this.track(client), this.track(server));
  }
}
