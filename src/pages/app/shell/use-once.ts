import { useCallback, useRef } from 'react';
import { ApiError, newKey } from '../api.ts';

/** The gateway is still at it, or never said what became of it: pressing again asks for the same act. */
const UNKNOWN: ReadonlySet<string> = new Set(['page.unreached', 'request.running']);
const SERVER_FAILED = 500;

/**
 * Does an act under a key that stays the same until the gateway has answered it, so that pressing again after no
 * answer never acts twice. `what` tells acts apart: the act and all that was filled in.
 */
export function useOnce(): <T>(what: string, act: (key: string) => Promise<T>) => Promise<T> {
  const pending = useRef<{ readonly what: string; readonly key: string } | undefined>(undefined);
  return useCallback(async (what, act) => {
    if (pending.current?.what !== what) pending.current = { what, key: newKey() };
    try {
      const answer = await act(pending.current.key);
      pending.current = undefined;
      return answer;
    } catch (error) {
      if (isAnswer(error)) pending.current = undefined;
      throw error;
    }
  }, []);
}

/** Whether the gateway refused it, so that the next try is another act. */
function isAnswer(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  const { code, status = 0 } = error.problem;
  return !UNKNOWN.has(code) && status < SERVER_FAILED;
}
