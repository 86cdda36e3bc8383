import type { Clock } from '../../../src/clock.ts';

/** Told when the platform's clock and ours drift apart. */
export interface Warnings {
  warn(detail: object, message: string): void;
}

/** Samples the skew is made from: few enough to follow a clock that was set right, enough to outvote one bad answer. */
const SAMPLES_MAX = 7;
/** What differs by more is no clock but a mistake. */
const SKEW_MAX_MS = 24 * 3_600_000;
/** An HTTP date says no more than the second. */
const SECOND_MS = 1_000;
/** The gateway refuses signatures half an hour off; before that, a minute is worth a word. */
const TELL_MS = 60_000;

/** How far another clock is ahead of ours: the median of what the last answers showed. Unknown, it is none. */
class Skew {
  readonly #samples: number[] = [];
  #medianMs: number | undefined;

  get ms(): number | undefined {
    return this.#medianMs;
  }

  add(sampleMs: number): void {
    this.#samples.push(sampleMs);
    if (this.#samples.length > SAMPLES_MAX) this.#samples.shift();
    const sorted = [...this.#samples].sort((a, b) => a - b);
    this.#medianMs = sorted[Math.floor((sorted.length - 1) / 2)];
  }

  /** Nothing seen before counts. */
  restart(sampleMs: number): void {
    this.#samples.length = 0;
    this.add(sampleMs);
  }
}

/**
 * The platform's clock, learned from its answers: refmsg_time and respond_time say when it received and answered
 * (接口规范 表 3). Requests bear its time, and sessions end with its day. Signatures go by the clock of the gateway
 * before it, which may be another: that one is learned when it refuses one.
 */
export class PlatformTime implements Clock {
  readonly #clock: Clock;
  readonly #warnings: Warnings | undefined;
  readonly #platform = new Skew();
  readonly #gateway = new Skew();
  #told = false;

  constructor(clock: Clock, warnings?: Warnings) {
    this.#clock = clock;
    this.#warnings = warnings;
  }

  /** Epoch ms by the platform's clock. */
  now(): number {
    return this.#clock.now() + this.skewMs;
  }

  /** How far the platform's clock is ahead of ours. */
  get skewMs(): number {
    return this.#platform.ms ?? 0;
  }

  /** How far the clock that signatures are held against is ahead of ours. */
  get signingSkewMs(): number {
    return this.#gateway.ms ?? this.skewMs;
  }

  /** Learns from an answer that came just now to what was sent at `sentAt`, by our clock. */
  learn(answer: Buffer, sentAt: number): void {
    const received = timeIn(answer, 'refmsg_time');
    const responded = timeIn(answer, 'respond_time') ?? received;
    if (responded === undefined) return;
    const answeredAt = this.#clock.now();
    const tripMs = answeredAt - sentAt;
    const worked = responded - (received ?? responded);
    // Stamps that don't fit between sending and answer tell of another exchange, or a clock was set meanwhile.
    if (tripMs < 0 || worked < 0 || worked > tripMs + SECOND_MS) return;
    const sampleMs = Math.round(responded - answeredAt + Math.max(0, tripMs - worked) / 2);
    if (Math.abs(sampleMs) > SKEW_MAX_MS) return;
    this.#platform.add(sampleMs);
    this.#tell();
  }

  /**
   * Learns from the `Date` of a gateway that refused a signature for its time: it is always right about its own clock,
   * and what was learned before may be from a time when ours was set otherwise.
   */
  learnFromGateway(date: string): void {
    const at = Date.parse(date);
    if (Number.isNaN(at)) return;
    const sampleMs = Math.round(at + SECOND_MS / 2 - this.#clock.now());
    if (Math.abs(sampleMs) > SKEW_MAX_MS) return;
    this.#gateway.restart(sampleMs);
    this.#platform.restart(sampleMs);
    this.#tell();
  }

  #tell(): void {
    const apart = Math.abs(this.skewMs) > TELL_MS;
    if (apart && !this.#told) {
      this.#warnings?.warn(
        { skewMs: this.skewMs },
        'our clock and the platform’s differ by more than a minute',
      );
    }
    this.#told = apart;
  }
}

const TIME = /^"\w+"\s*:\s*"?(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d{3})\b/;
const TIME_BYTES_MAX = 60;

/** Epoch ms of a time of the answer envelope, yyyyMMddHHmmssSSS on China's clock. */
function timeIn(answer: Buffer, field: 'refmsg_time' | 'respond_time'): number | undefined {
  const at = answer.indexOf(`"${field}"`);
  if (at < 0) return undefined;
  const match = TIME.exec(answer.toString('latin1', at, at + TIME_BYTES_MAX));
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second, ms] = match;
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}+08:00`);
  return Number.isNaN(time) ? undefined : time;
}
