import type { Reader } from '../../schemas/reader.ts';
import { timestampOf } from '../clock.ts';
import type { ReaderStatus } from './standing.ts';

/** A reader as the API shows it. */
export function readerView(status: ReaderStatus): Reader {
  const { lastReadingAt, since, reads, ...rest } = status;
  return {
    ...rest,
    since: timestampOf(since),
    reads: [...reads],
    ...(lastReadingAt === undefined ? {} : { lastReadingAt: timestampOf(lastReadingAt) }),
  };
}
