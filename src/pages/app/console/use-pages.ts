import { useCallback, useEffect, useRef, useState } from 'react';
import { call } from '../api.ts';

export interface Pages<T> {
  readonly items: readonly T[];
  readonly error: unknown;
  readonly loading: boolean;
  /** Whether there are more. */
  readonly more: boolean;
  /** Reads the next page; nothing while one is being read, or after the last. */
  next(): void;
  reload(): void;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

/** Reads the page behind a cursor; the first where there is none. */
export type ReadPage<T> = (after: string | undefined, signal: AbortSignal) => Promise<Page<T>>;

interface State<T> {
  readonly items: readonly T[];
  readonly next?: string | undefined;
  readonly loading: boolean;
  readonly error?: unknown;
}

/** A list that is read by its cursor, a page at a time. Keep `readPage` with `useCallback`: another one is another list. */
export function usePages<T>(readPage: ReadPage<T>): Pages<T> {
  const [state, setState] = useState<State<T>>({ items: [], loading: true });
  const now = useRef(state);
  now.current = state;
  const reading = useRef<AbortController | undefined>(undefined);

  const read = useCallback(
    (from: string | undefined, before: readonly T[]) => {
      reading.current?.abort();
      const controller = new AbortController();
      reading.current = controller;
      const show = (state: State<T>) => {
        if (controller.signal.aborted) return;
        now.current = state;
        setState(state);
      };
      show({ items: before, next: from, loading: true });
      readPage(from, controller.signal).then(
        ({ items, next }) => show({ items: [...before, ...items], next, loading: false }),
        (error) => show({ items: before, next: from, loading: false, error }),
      );
    },
    [readPage],
  );
  useEffect(() => {
    read(undefined, []);
    return () => reading.current?.abort();
  }, [read]);
  const next = useCallback(() => {
    const { loading, next: from, items, error } = now.current;
    if (!loading && from !== undefined && error === undefined) read(from, items);
  }, [read]);
  const reload = useCallback(() => read(undefined, []), [read]);
  const { items, error, loading } = state;
  return { items, error, loading, more: state.next !== undefined, next, reload };
}

/** Reads the pages of a path, which has its filters and no cursor. */
export function pagesOf<T>(path: string): ReadPage<T> {
  return (after, signal) => {
    const cursor =
      after === undefined ? '' : `${path.includes('?') ? '&' : '?'}after=${encodeURIComponent(after)}`;
    return call<Page<T>>('GET', path + cursor, { signal });
  };
}
