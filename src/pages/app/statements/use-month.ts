import { useCallback, useEffect } from 'react';
import type { Statement, StatementSummary } from '../../../../schemas/statement.ts';
import { call } from '../api.ts';
import { type Loaded, useLoaded } from '../shell/use-loaded.ts';
import { lastDayOf } from './calendar.ts';

/** How soon what is under way is looked at again. */
const LOOK_MS = 1_000;

/** A month's days and itself, as far as they have been compared, by their period. */
export type Month = ReadonlyMap<string, StatementSummary>;

export function useMonth(insurer: string, month: string): Loaded<Month> {
  const loaded = useLoaded(
    useCallback(
      async (signal): Promise<Month> => {
        const span = `from=${month}-01&to=${lastDayOf(month)}`;
        const path = `/v1/statements?insurer=${encodeURIComponent(insurer)}&${span}`;
        const { items } = await call<{ items: StatementSummary[] }>('GET', path, { signal });
        return new Map(items.map((item) => [item.period, item]));
      },
      [insurer, month],
    ),
  );
  const isRunning = [...(loaded.data?.values() ?? [])].some(({ state }) => state === 'running');
  useLooking(isRunning, loaded.reload);
  return loaded;
}

/** One statement whole; while it is made, it is looked at again and again. */
export function useStatement(id: string): Loaded<Statement> {
  const loaded = useLoaded(
    useCallback((signal) => call<Statement>('GET', `/v1/statements/${id}`, { signal }), [id]),
  );
  useLooking(loaded.data?.state === 'running', loaded.reload);
  return loaded;
}

function useLooking(on: boolean, reload: () => void): void {
  useEffect(() => {
    if (!on) return undefined;
    const timer = setInterval(reload, LOOK_MS);
    return () => clearInterval(timer);
  }, [on, reload]);
}
