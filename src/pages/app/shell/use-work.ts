import { useCallback, useState } from 'react';

export interface Work {
  readonly busy: boolean;
  /** What the last piece of work failed with. */
  readonly error: unknown;
  run(work: () => Promise<void>): Promise<void>;
  /** Forgets what failed. */
  clear(): void;
}

/** Work that somebody waits for: whether it is under way, and what became of it. */
export function useWork(): Work {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const run = useCallback(async (work: () => Promise<void>) => {
    setBusy(true);
    setError(undefined);
    try {
      await work();
    } catch (error) {
      setError(error);
    } finally {
      setBusy(false);
    }
  }, []);
  const clear = useCallback(() => setError(undefined), []);
  return { busy, error, run, clear };
}
