import type { Logger } from 'pino';
import type { SessionEnd, SessionState } from '../../../schemas/desk.ts';
import { maskError } from '../../access/masking.ts';
import type { Clock } from '../../clock.ts';
import type { Timers } from '../timers.ts';
import { Allowance } from './allowance.ts';
import { Channel } from './channel.ts';
import type { Line, LineListener } from './line.ts';
import {
  endOf,
  GRACE_MS,
  HEARTBEAT_MS,
  MISSED_MAX,
  type SessionHappening,
  sessionMachine,
} from './machine.ts';
import type { Acknowledgement, Numbering, Parser } from './wire.ts';

/** What came is acknowledged within this time, with the next message that goes out or by itself. */
const ACKNOWLEDGE_MS = 200;

/** What one message of ours may bring: its answer, the reader's new state, an acknowledgement, and one to spare. */
const BROUGHT_BY_ONE = 4;

/** What waits on a line that the other end reads too slowly. */
const WAITING_BYTES_MAX = 1_048_576;

export interface SessionParts<Frame> {
  readonly clock: Clock;
  readonly timers: Timers;
  /** In [0, 1): spreads the heartbeats of sessions that began together. */
  readonly random: () => number;
  readonly logger: Logger;
  readonly parse: Parser<Frame | Acknowledgement>;
  hear(frame: Frame): void;
  /** Told after each step of the machine; with why, where the session ended. */
  changed(state: SessionState, end?: SessionEnd): void;
}

/**
 * One end of the session between a desk and a gateway: runs `sessionMachine` over one line after the other, with
 * heartbeats, and sees to it that each message is heard once and in order.
 */
export class Session<Frame extends Numbering, Message extends object> implements LineListener {
  readonly #parts: SessionParts<Frame>;
  readonly #channel = new Channel<Message>();
  readonly #allowance = new Allowance();
  #state: SessionState = 'connecting';
  #line: Line | undefined;
  #missed = 0;
  #cancelBeat = () => {};
  #cancelAcknowledgement: (() => void) | undefined;
  #cancelGrace = () => {};

  constructor(parts: SessionParts<Frame>) {
    this.#parts = parts;
  }

  get state(): SessionState {
    return this.#state;
  }

  /** The last message of the other end that has come. */
  get received(): number {
    return this.#channel.received;
  }

  /** Goes on over this line; the other end has our messages up to `receivedByOther`. */
  attach(line: Line, receivedByOther: number): void {
    if (this.#state === 'joined') this.lose();
    this.#cancelGrace();
    this.#line = line;
    line.listener = this;
    this.#missed = 0;
    this.#beatAfter(HEARTBEAT_MS * (0.5 + this.#parts.random() / 2));
    this.#step('welcomed');
    if (!this.#channel.attach((text) => this.#transmit(text), receivedByOther)) this.end('protocol');
  }

  /** Sends a message, or keeps it until the line is back. A session that is gone takes none. */
  send(message: Message): void {
    if (this.#state === 'gone') return;
    this.#allowance.grant(BROUGHT_BY_ONE);
    if (this.#channel.send(message)) this.#acknowledged();
    else this.end('slow');
  }

  text(text: string): void {
    this.sign();
    const frame = this.#state === 'joined' ? this.#parts.parse(text) : undefined;
    if (!frame) this.end('protocol');
    else if (!isAcknowledgement(frame)) this.#receive(frame);
    else if (!this.#channel.acknowledge(frame.ack)) this.end('protocol');
  }

  sign(): void {
    this.#missed = 0;
    if (!this.#allowance.spend(this.#parts.clock.now())) this.end('flood');
    // Each ping is answered by the library; one who sends them and takes no answers fills the line.
    else if (this.#line && this.#line.waitingBytes > WAITING_BYTES_MAX) this.end('slow');
  }

  garbage(): void {
    this.end('protocol');
  }

  closed(code: number): void {
    const end = endOf(code);
    if (end === undefined) this.lose();
    else this.end(end);
  }

  /** The line is gone, or is let go of; the session waits for the next. */
  lose(): void {
    if (this.#state !== 'joined') return;
    this.#detach()?.cut();
    this.#cancelGrace = this.#parts.timers.start(GRACE_MS, () => this.#over('grace-over', 'away'));
    this.#step('line-lost');
  }

  /** Ends the session for good and tells the other end why. */
  end(end: SessionEnd): void {
    if (this.#state !== 'gone') this.#over('ended', end);
  }

  #over(happening: SessionHappening, end: SessionEnd): void {
    this.#cancelGrace();
    this.#detach()?.close(end);
    this.#step(happening, end);
  }

  #detach(): Line | undefined {
    const line = this.#line;
    this.#line = undefined;
    if (line) line.listener = undefined;
    this.#channel.detach();
    this.#cancelBeat();
    this.#acknowledged();
    return line;
  }

  #receive(frame: Frame): void {
    const kind = this.#channel.receive(frame);
    this.#cancelAcknowledgement ??= this.#parts.timers.start(ACKNOWLEDGE_MS, () => this.#acknowledge());
    try {
      if (kind === 'new') this.#parts.hear(frame);
      else if (kind === 'impossible') this.end('protocol');
    } catch (error) {
      this.#parts.logger.error({ err: maskError(error) }, 'a message of a desk session failed');
      this.end('protocol');
    }
  }

  #acknowledge(): void {
    this.#cancelAcknowledgement = undefined;
    this.#transmit(JSON.stringify({ t: 'ack', ack: this.#channel.received } satisfies Acknowledgement));
  }

  /** What went out said how far we have come: nothing more is to be acknowledged. */
  #acknowledged(): void {
    this.#cancelAcknowledgement?.();
    this.#cancelAcknowledgement = undefined;
  }

  #transmit(text: string): void {
    this.#line?.send(text);
  }

  #beatAfter(ms: number): void {
    this.#cancelBeat = this.#parts.timers.start(ms, () => this.#beat());
  }

  #beat(): void {
    if (this.#missed < MISSED_MAX) {
      this.#missed += 1;
      this.#line?.ping();
      this.#beatAfter(HEARTBEAT_MS);
    } else {
      this.lose();
    }
  }

  #step(happening: SessionHappening, end?: SessionEnd): void {
    const next = sessionMachine[this.#state][happening];
    if (!next) throw new Error(`a session that is ${this.#state} can't take ${happening}`);
    this.#state = next;
    this.#parts.changed(next, end);
  }
}

function isAcknowledgement<Frame>(frame: Frame | Acknowledgement): frame is Acknowledgement {
  return (frame as { readonly t?: unknown }).t === 'ack';
}
