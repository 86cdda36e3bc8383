import { useCallback, useEffect, useRef, useState } from 'react';
import { call } from '../api.ts';

export interface Pages<T> {
  readonly items: readonly T[];
  readonly error: unknown;
  readonly loading: boolean;
  /** Whether there are more. */
  readonly more: boolean;
  /** Reads the next page; nothing while one is being read. */
  next(): void;
  reload(): void;
}

interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

interface State<T> {
  readonly items: readonly T[];
  readonly next?: string | undefined;
  readonly loading: boolean;
  readonly error?: unknown;
}

/** A list that is read by its cursor, a page at a time. `path` has its filters, and no cursor. */
export function usePages<T>(path: string): Pages<T> {
  const [state, setState] = useState<State<T>>({ items: [], loading: true });
  const now = useRef(state);
  now.current = state;
  const reading = useRef<AbortController | undefined>(undefined);

  const read = useCallback(
    (from: string | undefined, before: readonly T[]) => {
      reading.current?.abort();
      const controller = new AbortController();
      reading.current = controller;
      setState({ items: before, next: from, loading: true });
      const cursor =
        from === undefined ? '' : `${path.includes('?') ? '&' : '?'}after=${encodeURIComponent(from)}`;
      call<Page<T>>('GET', path + cursor, { signal: controller.signal }).then(
        ({ items, next }) => {
          if (!controller.signal.aborted) setState({ items: [...before, ...items], next, loading: false });
        },
        (error) => {
          if (!controller.signal.aborted) setState({ items: before, next: from, loading: false, error });
        },
      );
    },
    [path],
  );
  useEffect(() => {
    read(undefined, []);
    return () => reading.current?.abort();
  }, [read]);
  const next = useCallback(() => {
    const { loading, next: from, items } = now.current;
    if (!loading && from !== undefined) read(from, items);
  }, [read]);
  const reload = useCallback(() => read(undefined, []), [read]);
  const { items, error, loading } = state;
  return { items, error, loading, more: state.next !== undefined, next, reload };
}
