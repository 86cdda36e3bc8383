import { type DestinationStream, pino } from 'pino';

/** Lines are written together once they come to this … */
const WRITE_BYTES_MIN = 16_000;
/** … in writes of at most this much, … */
const WRITE_BYTES_MAX = 2 * WRITE_BYTES_MIN;
/** … or have waited this long. A process that is killed loses no more of its log. */
const WAIT_MS_MAX = 250;

/** Where the log goes: no request waits for it. */
export function logDestination(target: number | string): DestinationStream {
  return pino.destination({
    dest: target,
    sync: false,
    minLength: WRITE_BYTES_MIN,
    maxWrite: WRITE_BYTES_MAX,
    periodicFlush: WAIT_MS_MAX,
  });
}
