import type { Timers } from '../clock.ts';

export { systemTimers, type Timers } from '../clock.ts';

/** Waits, or less long when `signal` aborts; never rejects. */
export function pause(timers: Timers, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const cancel = timers.start(ms, done);
    signal.addEventListener('abort', done);
  });
}

/** What `promise` brings, or the error of `late` after `ms`. What comes later is dropped, and never unhandled. */
export async function within<T>(
  timers: Timers,
  ms: number,
  promise: Promise<T>,
  late: () => Error,
): Promise<T> {
  let cancel = () => {};
  const limit = new Promise<never>((_resolve, reject) => {
    cancel = timers.start(ms, () => reject(late()));
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    cancel();
  }
}
