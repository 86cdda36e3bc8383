import { useEffect } from 'react';
import { useEvents } from '../shell/use-events.ts';
import { type Loaded, useLoaded } from '../shell/use-loaded.ts';

/** How often figures are read again that no event tells of. */
const LOOK_MS = 5_000;

/** What is shown live: read again when one of these events came, and every few seconds while somebody looks. */
export function useLive<T>(
  load: (signal: AbortSignal) => Promise<T>,
  events: readonly string[] = [],
): Loaded<T> {
  const loaded = useLoaded(load);
  const { reload } = loaded;
  useEvents(events, reload);
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) reload();
    }, LOOK_MS);
    return () => clearInterval(timer);
  }, [reload]);
  return loaded;
}
