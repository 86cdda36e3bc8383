import { useCallback, useEffect, useRef, useState } from 'react';
import { ApiError } from '../api.ts';

export interface Loaded<T> {
  readonly data: T | undefined;
  /** What the last reading failed with; what was read before stays. */
  readonly error: unknown;
  readonly loading: boolean;
  reload(): void;
}

/** How soon a gateway that was not reached is asked again. */
const AGAIN_MS = 3_000;

/**
 * What a page shows, read when `load` changes (keep it with `useCallback`) and when `reload` is called. A gateway that
 * is away is asked again by itself.
 */
export function useLoaded<T>(load: (signal: AbortSignal) => Promise<T>): Loaded<T> {
  const [state, setState] = useState<{ data?: T; error?: unknown; loading: boolean }>({ loading: true });
  const read = useRef<() => void>(() => undefined);
  useEffect(() => {
    let controller = new AbortController();
    let again: ReturnType<typeof setTimeout> | undefined;
    const stop = () => {
      clearTimeout(again);
      controller.abort();
    };
    read.current = () => {
      stop();
      controller = new AbortController();
      const { signal } = controller;
      setState((known) => ({ ...known, loading: true }));
      load(signal).then(
        (data) => {
          if (!signal.aborted) setState({ data, loading: false });
        },
        (error) => {
          if (signal.aborted) return;
          setState((known) => ({ ...known, error, loading: false }));
          if (error instanceof ApiError && error.problem.code === 'page.unreached')
            again = setTimeout(read.current, AGAIN_MS);
        },
      );
    };
    // What another question was answered with is not shown as the answer to this one.
    setState({ loading: true });
    read.current();
    return stop;
  }, [load]);
  const reload = useCallback(() => read.current(), []);
  return { data: state.data, error: state.error, loading: state.loading, reload };
}
