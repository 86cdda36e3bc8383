import type { Logger } from 'pino';
import type { SessionEnd, SessionState } from '../../../schemas/desk.ts';
import type { Clock, Ids } from '../../clock.ts';
import { Fault } from '../../errors.ts';
import type { Events } from '../../events/events.ts';
import type { Timers } from '../timers.ts';
import { faultOfWire } from './faults.ts';
import type { Line } from './line.ts';
import { RemoteReader } from './reader.ts';
import { Session } from './session.ts';
import { RemoteUse } from './use.ts';
import {
  DESK_READERS_MAX,
  type FrameOfDesk,
  type Hello,
  type MessageOfGateway,
  parseFromDesk,
  type Welcome,
  WIRE_VERSION,
  type WireReader,
} from './wire.ts';

/** Uses of one desk's readers at a time, those that only ask whether a reader is free among them. */
const USES_MAX = 32;

const TOKEN_BYTES = 32;

type DeskSession = Session<FrameOfDesk, MessageOfGateway>;

export interface RemoteDeskParts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly timers: Timers;
  readonly random: () => number;
  readonly events: Events;
  readonly logger: Logger;
}

/** A desk as others may see it; times are epoch ms. */
export interface DeskStatus {
  readonly id: string;
  readonly state: SessionState;
  readonly since: number;
  readonly readers: readonly string[];
  readonly lastEnd?: SessionEnd;
  readonly rivalSeenAt?: number;
}

/** One desk at its institution's gateway: its session, one after the other, and its readers. */
export class RemoteDesk {
  readonly #id: string;
  readonly #parts: RemoteDeskParts;
  readonly #readers = new Map<string, RemoteReader>();
  readonly #uses = new Map<number, RemoteUse>();
  #session: DeskSession | undefined;
  #token = '';
  #since: number;
  #lastEnd: SessionEnd | undefined;
  #rivalSeenAt: number | undefined;
  #usesBegun = 0;

  constructor(id: string, parts: RemoteDeskParts) {
    this.#id = id;
    this.#parts = parts;
    this.#since = parts.clock.now();
  }

  get state(): SessionState {
    return this.#session?.state ?? 'gone';
  }

  get readers(): ReadonlyMap<string, RemoteReader> {
    return this.#readers;
  }

  status(): DeskStatus {
    return {
      id: this.#id,
      state: this.state,
      since: this.#since,
      readers: [...this.#readers.keys()],
      ...(this.#lastEnd === undefined ? {} : { lastEnd: this.#lastEnd }),
      ...(this.#rivalSeenAt === undefined ? {} : { rivalSeenAt: this.#rivalSeenAt }),
    };
  }

  /** A program with the desk's key has said hello on this line: it takes its session up again, or begins one. */
  join({ resume, polite = false }: Hello, line: Line): void {
    const session = this.#session;
    if (resume && session && session.state !== 'gone' && resume.token === this.#token) {
      this.#resume(session, line, resume.received);
    } else if (session?.state === 'joined') {
      this.#rivalSeenAt = this.#parts.clock.now();
      const told = { desk: this.#id, letIn: !polite };
      this.#parts.logger.warn(told, 'another program came with the key of a desk that is joined');
      if (polite) line.close('taken');
      else this.#begin(line, 'replaced');
    } else {
      this.#begin(line, 'away');
    }
  }

  end(end: SessionEnd): void {
    this.#session?.end(end);
  }

  #resume(session: DeskSession, line: Line, received: number): void {
    this.#welcome(line, true, session.received);
    session.attach(line, received);
    if (session.state === 'joined') this.#readersAre(undefined);
  }

  #begin(line: Line, endOfLast: SessionEnd): void {
    this.end(endOfLast);
    this.#token = this.#parts.ids.bytes(TOKEN_BYTES).toString('base64url');
    this.#welcome(line, false, 0);
    this.#session = this.#newSession();
    this.#session.attach(line, 0);
  }

  #welcome(line: Line, resumed: boolean, received: number): void {
    const lastEnd = resumed || this.#lastEnd === undefined ? {} : { lastEnd: this.#lastEnd };
    const welcome: Welcome = { t: 'welcome', version: WIRE_VERSION, token: this.#token, resumed, received };
    line.send(JSON.stringify({ ...welcome, ...lastEnd }));
  }

  #newSession(): DeskSession {
    const { clock, timers, random, logger } = this.#parts;
    return new Session({
      clock,
      timers,
      random,
      logger,
      parse: parseFromDesk,
      hear: (frame) => this.#hear(frame),
      changed: (state, end) => this.#changed(state, end),
    });
  }

  #changed(state: SessionState, end: SessionEnd | undefined): void {
    this.#since = this.#parts.clock.now();
    this.#lastEnd = end ?? this.#lastEnd;
    const told = { desk: this.#id, state, ...(end === undefined ? {} : { end }) };
    this.#parts.logger[state === 'joined' ? 'info' : 'warn'](told, 'desk');
    // A desk that begins anew tells of its readers itself; one that is back goes on where it was.
    if (state !== 'joined') this.#readersAre(state === 'suspended' ? 'lost' : 'absent');
    if (end === undefined) return;
    const fault = new Fault(end === 'stopping' ? 'gateway.stopping' : 'reader.lost');
    for (const use of this.#uses.values()) use.end(fault);
  }

  #readersAre(away: 'lost' | 'absent' | undefined): void {
    for (const reader of this.#readers.values()) reader.deskAway(away);
  }

  #hear(frame: FrameOfDesk): void {
    if (frame.t === 'readers') this.#replaceReaders(frame.items);
    else if (frame.t === 'reader') this.#tell(frame.item);
    else if (frame.t === 'answer') this.#uses.get(frame.use)?.answered(frame.call, frame.value);
    else if (frame.t === 'fault') this.#uses.get(frame.use)?.failed(frame.call, faultOfWire(frame.fault));
    else this.#uses.get(frame.use)?.end(faultOfWire(frame.fault));
  }

  #replaceReaders(items: readonly WireReader[]): void {
    const kept = new Set(items.map((item) => this.#nameOf(item)));
    for (const [id, reader] of this.#readers) {
      if (kept.has(id)) continue;
      reader.deskAway('absent');
      this.#readers.delete(id);
    }
    for (const item of items) this.#tell(item);
  }

  #tell(item: WireReader): void {
    const id = this.#nameOf(item);
    const known = this.#readers.get(id);
    if (known) known.tell(item);
    // Beyond what a desk may have it tells of nothing.
    if (known || this.#readers.size >= DESK_READERS_MAX) return;
    const { clock, timers, events } = this.#parts;
    const begin = () => this.#beginUse();
    this.#readers.set(id, new RemoteReader(id, item, { clock, timers, events, begin }));
  }

  #nameOf({ id }: WireReader): string {
    return `${this.#id}.${id}`;
  }

  #beginUse(): RemoteUse {
    const session = this.#session;
    if (session?.state !== 'joined') throw new Fault('desk.absent', { retryAfterS: 1 });
    if (this.#uses.size >= USES_MAX) throw new Fault('reader.busy', { retryAfterS: 1 });
    const id = ++this.#usesBegun;
    const use = new RemoteUse(id, {
      send: (message) => session.send(message),
      over: () => this.#uses.delete(id),
    });
    this.#uses.set(id, use);
    return use;
  }
}
