import { useEffect, useRef, useState } from 'react';
import type { Reader } from '../../../../schemas/reader.ts';
import type { Reading } from '../../../../schemas/reading.ts';
import { ApiError, call } from '../api.ts';

/** How long one call waits for a card; then the next one does. */
const WAIT_MS = 20_000;
/** After a failure, before the reader is asked again. */
const PAUSE_MS = 2_000;

/** Nobody laid a card down, or another desk has the reader: nothing to tell anybody. */
const SILENT: ReadonlySet<string> = new Set([
  'card.none',
  'reader.leased',
  'reader.busy',
  'reader.queue-full',
]);

export interface Readings {
  readonly readers: readonly Reader[];
  /** The last failure, until something was read. */
  readonly error: unknown;
}

/**
 * Waits at every reader for as long as `on`, so that laying a card down is all that has to be done. Works again by
 * itself when the gateway or a reader comes back.
 */
export function useReadings(on: boolean, tell: (reading: Reading) => void): Readings {
  const [readers, setReaders] = useState<readonly Reader[]>([]);
  const [error, setError] = useState<unknown>();
  const told = useRef(tell);
  told.current = tell;

  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    const look = async () => {
      while (!signal.aborted) {
        try {
          const { items } = await call<{ items: Reader[] }>('GET', '/v1/readers', { signal });
          setReaders((known) => (sameReaders(known, items) ? known : items));
        } catch {
          // The loops below tell of a gateway that is away.
        }
        await pause(PAUSE_MS * 5, signal);
      }
    };
    void look();
    return () => controller.abort();
  }, []);

  useEffect(() => {
    if (!on) return undefined;
    const controller = new AbortController();
    const { signal } = controller;
    const wait = async (reader: Reader) => {
      while (!signal.aborted) {
        try {
          const body = { accept: reader.reads, timeoutMs: WAIT_MS };
          const path = `/v1/readers/${encodeURIComponent(reader.id)}/readings`;
          const reading = await call<Reading>('POST', path, { body, signal });
          if (signal.aborted) return;
          setError(undefined);
          told.current(reading);
          return;
        } catch (error) {
          if (signal.aborted) return;
          if (!(error instanceof ApiError && SILENT.has(error.problem.code))) setError(error);
          await pause(PAUSE_MS, signal);
        }
      }
    };
    for (const reader of readers) if (reader.reads.length > 0) void wait(reader);
    return () => controller.abort();
  }, [on, readers]);

  return { readers, error };
}

function sameReaders(one: readonly Reader[], other: readonly Reader[]): boolean {
  const keyOf = (readers: readonly Reader[]) =>
    readers.map(({ id, state, reads }) => `${id} ${state === 'absent'} ${reads.join()}`).join('\n');
  return keyOf(one) === keyOf(other);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
