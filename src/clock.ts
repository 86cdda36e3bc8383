import { randomBytes, randomUUIDv7 } from 'node:crypto';

/** Time and ids come in as arguments, so that a seed reproduces a run. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
}

export interface Ids {
  /** A fresh id, sortable by time (UUIDv7). */
  next(): string;
  /** Cryptographically strong random bytes. */
  bytes(count: number): Buffer;
}

/** Timers come in as an argument, so that a test decides when time passes. */
export interface Timers {
  /** Calls `work` once after `ms`; the answer cancels it. */
  start(ms: number, work: () => void): () => void;
}

export const systemTimers: Timers = {
  start(ms, work) {
    const timer = setTimeout(work, ms);
    return () => clearTimeout(timer);
  },
};

export const systemClock: Clock = { now: () => Date.now() };

export const systemIds: Ids = { next: () => randomUUIDv7(), bytes: (count) => randomBytes(count) };

/** The one time zone of the field: China, UTC+8, no daylight saving. */
const CHINA_OFFSET_MS = 8 * 3_600_000;

/** RFC 3339 with the offset of China: 2026-01-02T03:04:05.678+08:00. */
export function timestampOf(epochMs: number): string {
  if (epochMs !== lastStamp.epochMs) {
    const text = new Date(epochMs + CHINA_OFFSET_MS).toISOString().replace('Z', '+08:00');
    lastStamp = { epochMs, text };
  }
  return lastStamp.text;
}

/** What happens at once is written down and told several times. */
let lastStamp = { epochMs: Number.NaN, text: '' };

/** The wall clock of China as digits: yyyyMMddHHmmssSSS. Cut it where a format is shorter. */
export function chinaDigits(epochMs: number): string {
  return new Date(epochMs + CHINA_OFFSET_MS).toISOString().replace(/\D/g, '');
}

/** The wall clock of China: yyyy-MM-dd HH:mm:ss. */
export function chinaDateTime(epochMs: number): string {
  const second = Math.floor(epochMs / 1_000);
  if (second !== lastSecond.second) {
    const text = new Date(epochMs + CHINA_OFFSET_MS).toISOString().slice(0, 19).replace('T', ' ');
    lastSecond = { second, text };
  }
  return lastSecond.text;
}

/** Many exchanges fall into one second. */
let lastSecond = { second: Number.NaN, text: '' };

/** The day in China: yyyy-MM-dd. */
export function chinaDate(epochMs: number): string {
  return chinaDateTime(epochMs).slice(0, 10);
}
