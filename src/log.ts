import { type DestinationStream, pino } from 'pino';

/** Lines are written together once they come to this … */
const WRITE_BYTES_MIN = 16_000;
/** … in writes of at most this much, … */
const WRITE_BYTES_MAX = 2 * WRITE_BYTES_MIN;
/** … or have waited this long. A process that is killed loses no more of its log. */
const WAIT_MS_MAX = 250;

/** What is held for a reader of the log that has fallen behind; further lines are dropped. */
const HELD_BYTES_MAX = 8 * 1_048_576;

/** Where the log goes: no request waits for it, and no trouble with it stops the gateway. */
export function logDestination(target: number | string): DestinationStream {
  const destination = pino.destination({
    dest: target,
    sync: false,
    minLength: WRITE_BYTES_MIN,
    maxWrite: WRITE_BYTES_MAX,
    maxLength: HELD_BYTES_MAX,
    periodicFlush: WAIT_MS_MAX,
    retryEAGAIN: () => false,
  });
  // A full disk, or a reader that takes nothing: the lines are held and tried again with the next ones.
  let failing = false;
  destination.on('error', () => {
    failing = true;
  });
  destination.on('write', () => {
    failing = false;
  });
  // At the exit it would try for ever.
  const flushSync = destination.flushSync.bind(destination);
  destination.flushSync = () => {
    if (!failing) flushSync();
  };
  return destination;
}
