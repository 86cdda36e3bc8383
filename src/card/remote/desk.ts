import type { Logger } from 'pino';
import type { SessionEnd, SessionState } from '../../../schemas/desk.ts';
import type { Clock } from '../../clock.ts';
import type { Events } from '../../events/events.ts';
import { backoffMs } from '../machine.ts';
import type { ReaderPool } from '../pool.ts';
import type { KeysOf } from '../present.ts';
import type { ReaderStatus } from '../standing.ts';
import type { Timers } from '../timers.ts';
import type { Dial } from './dial.ts';
import type { Line } from './line.ts';
import { endOf, GREETING_MS, LONG_PAUSE_MS, pauses } from './machine.ts';
import { Session } from './session.ts';
import { DeskUses } from './uses.ts';
import {
  DRIVER_LENGTH_MAX,
  type FrameOfGateway,
  type Hello,
  type MessageOfDesk,
  parseFromGateway,
  parseWelcome,
  type Welcome,
  WIRE_VERSION,
  type WireReader,
} from './wire.ts';
import { words } from './words.ts';

/** A session that lasted this long has recovered: the next try comes soon again. */
const RECOVERED_MS = 15_000;

type Reason = SessionEnd | 'lost' | 'refused';

export interface DeskParts {
  readonly pool: ReaderPool;
  readonly events: Events;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: () => number;
  readonly logger: Logger;
  readonly dial: Dial;
  /** The desk's own keys, where a reader has a security module. */
  readonly keysOf?: KeysOf | undefined;
  /** Tells the person at the desk. */
  say(line: string): void;
}

/**
 * A desk: offers its readers to the institution's gateway, over one line that it opens itself, and comes back by
 * itself for as long as it runs.
 */
export class Desk {
  readonly #parts: DeskParts;
  #session: Session<FrameOfGateway, MessageOfDesk> | undefined;
  #token = '';
  /** Was thrown out by another program with the same key, and waits until that one is gone. */
  #polite = false;
  #failures = 0;
  /** Infinite while it is not joined. */
  #joinedAt = Number.POSITIVE_INFINITY;
  #said = '';
  #leaving = false;
  #closing = false;
  #cancelNext = () => {};
  #giveUp = () => {};
  #stopListening = () => {};

  constructor(parts: DeskParts) {
    this.#parts = parts;
  }

  get state(): SessionState {
    return this.#session?.state ?? 'connecting';
  }

  start(): void {
    this.#stopListening = this.#parts.events.listen(({ type, subject }) => {
      if (type !== 'reader.state') return;
      this.#session?.send({ t: 'reader', item: this.#wireOf(this.#parts.pool.status(subject)) });
    });
    this.#dial();
  }

  /** Joins once, only to say goodbye for good: the gateway forgets the desk and its readers. */
  leave(): void {
    this.#leaving = true;
    // One that works with the same key is not to be thrown out.
    this.#polite = true;
    this.#dial();
  }

  /** Ends the session and comes back no more. */
  close(): void {
    this.#closing = true;
    this.#stopListening();
    this.#cancelNext();
    this.#giveUp();
    this.#session?.end('away');
  }

  #dial(): void {
    const cancelLimit = this.#parts.timers.start(GREETING_MS, () => giveUp());
    this.#giveUp = () => {
      cancelLimit();
      giveUp();
    };
    const giveUp = this.#parts.dial({
      opened: (line) => this.#greet(line, cancelLimit),
      failed: (why, detail) => {
        cancelLimit();
        this.#parts.logger.info({ why, detail }, 'the gateway could not be joined');
        this.#comeBack(why, detail);
      },
    });
  }

  #greet(line: Line, cancelLimit: () => void): void {
    const over = (end: Reason | undefined) => {
      cancelLimit();
      line.listener = undefined;
      if (end !== undefined) this.#comeBack(end);
    };
    line.listener = {
      text: (text) => {
        const welcome = parseWelcome(text);
        over(welcome ? undefined : 'protocol');
        if (welcome) this.#welcomed(line, welcome);
        else line.close('protocol');
      },
      sign: () => {},
      garbage: () => {
        over('protocol');
        line.close('protocol');
      },
      closed: (code) => over(endOf(code) ?? 'lost'),
    };
    const session = this.#session;
    const hello: Hello = {
      t: 'hello',
      version: WIRE_VERSION,
      ...(session ? { resume: { token: this.#token, received: session.received } } : {}),
      ...(this.#polite ? { polite: true } : {}),
    };
    line.send(JSON.stringify(hello));
  }

  #welcomed(line: Line, { resumed, received, token, lastEnd }: Welcome): void {
    this.#joinedAt = this.#parts.clock.now();
    this.#polite = false;
    this.#token = token;
    this.#giveUp = () => {};
    if (resumed && this.#session) this.#session.attach(line, received);
    else if (resumed) this.#tooLate(line);
    else this.#begin(line, lastEnd);
  }

  /** The gateway goes on with a session that we gave up while it answered. */
  #tooLate(line: Line): void {
    line.close('away');
    this.#comeBack('away');
  }

  #begin(line: Line, lastEnd: SessionEnd | undefined): void {
    const before = this.#session;
    this.#session = undefined;
    before?.end('away');
    // Whose line was cut could not be told.
    if (lastEnd === 'slow' || lastEnd === 'flood') this.#parts.say(words[lastEnd]);
    const session = this.#newSession();
    this.#session = session;
    session.attach(line, 0);
    if (this.#leaving) session.end('goodbye');
    else session.send({ t: 'readers', items: this.#parts.pool.list().map((each) => this.#wireOf(each)) });
  }

  #newSession(): Session<FrameOfGateway, MessageOfDesk> {
    const { pool, clock, timers, random, logger, keysOf } = this.#parts;
    const send = (message: MessageOfDesk) => session.send(message);
    const uses = new DeskUses({ pool, clock, timers, logger, keysOf, send });
    const session: Session<FrameOfGateway, MessageOfDesk> = new Session({
      clock,
      timers,
      random,
      logger,
      parse: parseFromGateway,
      hear: (frame) => uses.hear(frame),
      changed: (state, end) => {
        if (state === 'gone') uses.end();
        if (this.#session === session) this.#changed(state, end);
      },
    });
    return session;
  }

  #changed(state: SessionState, end: SessionEnd | undefined): void {
    this.#parts.logger.info({ state, ...(end === undefined ? {} : { end }) }, 'session with the gateway');
    if (state === 'joined') this.#say('已连接网关 / joined the gateway');
    if (state === 'gone') this.#session = undefined;
    // A session that was given up for being away is one whose return is under way already.
    if (state === 'suspended' || (end !== undefined && end !== 'away')) this.#comeBack(end ?? 'lost');
  }

  #comeBack(reason: Reason, detail?: string): void {
    if (this.#closing) return;
    // Such as a certificate that nobody vouches for: a person has to know.
    this.#say(detail === undefined ? words[reason] : `${words[reason]} (${detail})`);
    if (this.#leaving) return;
    this.#polite ||= reason === 'replaced' || reason === 'taken';
    if (this.#parts.clock.now() - this.#joinedAt >= RECOVERED_MS) this.#failures = 0;
    this.#joinedAt = Number.POSITIVE_INFINITY;
    const wait =
      pauses[reason] === 'long'
        ? LONG_PAUSE_MS * (0.5 + this.#parts.random() / 2)
        : backoffMs(this.#failures, this.#parts.random());
    this.#failures += 1;
    this.#cancelNext();
    this.#cancelNext = this.#parts.timers.start(wait, () => this.#dial());
  }

  /** Says what is new. */
  #say(line: string): void {
    if (line === this.#said) return;
    this.#said = line;
    this.#parts.say(line);
  }

  #wireOf({ driver, since, lastReadingAt, reads, ...status }: ReaderStatus): WireReader {
    const now = this.#parts.clock.now();
    return {
      ...status,
      driver: driver.slice(0, DRIVER_LENGTH_MAX),
      sinceMs: Math.max(0, now - since),
      reads: [...reads],
      ...(lastReadingAt === undefined ? {} : { lastReadingMs: Math.max(0, now - lastReadingAt) }),
    };
  }
}
