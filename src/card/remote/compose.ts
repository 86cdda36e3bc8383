import type { Logger } from 'pino';
import { systemClock } from '../../clock.ts';
import { Events } from '../../events/events.ts';
import { type ConfiguredReader, ReaderPool } from '../pool.ts';
import type { KeysOf } from '../present.ts';
import { systemTimers } from '../timers.ts';
import { Desk } from './desk.ts';
import { socketDial } from './dial.ts';

export interface DeskStart {
  /** The institution's gateway: wss://10.0.0.2:7300. */
  readonly gateway: string;
  readonly key: string;
  readonly readers: readonly ConfiguredReader[];
  /** The desk's own keys, where a reader has a security module. */
  readonly keysOf?: KeysOf;
  readonly logger: Logger;
  /** Tells the person at the desk, a line at a time. */
  say(line: string): void;
}

export interface RunningDesk {
  close(): Promise<void>;
}

/** Starts a desk: keeps its readers open and offers them to its gateway. Keeps nothing of what it reads. */
export function startDeskProgram({ gateway, key, readers, keysOf, logger, say }: DeskStart): RunningDesk {
  const parts = { clock: systemClock, timers: systemTimers, random: Math.random, logger };
  const events = new Events(systemClock);
  const pool = new ReaderPool({ ...parts, events, readers });
  const desk = new Desk({ ...parts, events, pool, say, keysOf, dial: socketDial({ gateway, key }) });
  pool.start();
  desk.start();
  return {
    async close() {
      desk.close();
      await pool.close();
    },
  };
}

/** Has the gateway forget a desk that is given up; what came of it is said. */
export function leaveGateway({ gateway, key, logger, say }: Omit<DeskStart, 'readers'>): void {
  const parts = { clock: systemClock, timers: systemTimers, random: Math.random, logger };
  const events = new Events(systemClock);
  const pool = new ReaderPool({ ...parts, events, readers: [] });
  new Desk({ ...parts, events, pool, say, dial: socketDial({ gateway, key }) }).leave();
}
