import type { Logger } from 'pino';
import type { Clock } from '../../clock.ts';
import type { ReaderPool } from '../pool.ts';
import type { KeysOf } from '../present.ts';
import type { Timers } from '../timers.ts';
import { DeskUse } from './desk-use.ts';
import type { FrameOfGateway, MessageOfDesk } from './wire.ts';

export interface DeskUsesParts {
  readonly pool: ReaderPool;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  /** The desk's own keys, where a reader has a security module. */
  readonly keysOf?: KeysOf | undefined;
  send(message: MessageOfDesk): void;
}

/** What the gateway does with our readers during one session. */
export class DeskUses {
  readonly #parts: DeskUsesParts;
  readonly #uses = new Map<number, DeskUse>();
  /** Uses are numbered upwards: one that comes again is none. */
  #last = 0;

  constructor(parts: DeskUsesParts) {
    this.#parts = parts;
  }

  hear(frame: FrameOfGateway): void {
    if (frame.t === 'use') this.#begin(frame.use, frame.reader, frame.limitMs);
    else if (frame.t === 'call') this.#uses.get(frame.use)?.call(frame.call, frame.ask);
    else if (frame.t === 'cancel') this.#uses.get(frame.use)?.cancel(frame.call);
    else this.#uses.get(frame.use)?.release(frame.failed);
  }

  /** The session is over: nobody uses our readers any more. */
  end(): void {
    for (const use of this.#uses.values()) use.release('desk.absent');
  }

  #begin(id: number, reader: string, limitMs: number): void {
    if (id <= this.#last) return;
    this.#last = id;
    // A use that was given back may still come to its end: to the gateway the reader is free already.
    const ending = [...this.#uses.values()].filter((use) => use.reader === reader && use.released);
    const use = new DeskUse(id, reader, this.#parts);
    this.#uses.set(id, use);
    void use.run(limitMs, ending).then(() => this.#uses.delete(id));
  }
}
