import type { Duplex } from 'node:stream';

/** An open way to a reader: bytes out, bytes in, and word of its end. */
export interface Line {
  readonly stream: Duplex;
  /** Resolves, once, when the line is gone, whoever ended it; never rejects. */
  readonly lost: Promise<void>;
  /** Lets go of the line. Safe to call twice, and on a lost line. */
  close(): Promise<void>;
}

/** How bytes travel to a reader. */
export interface Transport {
  /** What a person would call it: "tcp 127.0.0.1:7001". */
  readonly description: string;
  /** Throws Fault `reader.absent` when the line can't be opened within `openTimeoutMs`, or `signal` aborts. */
  open(signal: AbortSignal): Promise<Line>;
  /** Where the speed of the line is to be found. */
  readonly speeds?: SpeedSearch<Transport>;
}

/** The speeds at which a reader is looked for. */
export interface SpeedSearch<Way> {
  /** The line at each of them, the likeliest first. */
  ways(): readonly Way[];
  /** A reader answered on this one. */
  answered(way: Way): void;
}

/** A port that is there opens in milliseconds; a serial box across a clinic's network may need a second or two. */
export const openTimeoutMs = 3_000;
