import { type DestinationStream, pino } from 'pino';

/** Lines are written together once they fill a page … */
const WRITE_BYTES_MIN = 4_096;
/** … or have waited this long. A process that is killed loses no more of its log. */
const WAIT_MS_MAX = 250;

/** Where the log goes: no request waits for it. */
export function logDestination(target: number | string): DestinationStream {
  return pino.destination({
    dest: target,
    sync: false,
    minLength: WRITE_BYTES_MIN,
    periodicFlush: WAIT_MS_MAX,
  });
}
