import { useOnce } from './use-once.ts';
import { useWork, type Work } from './use-work.ts';

export interface Act extends Omit<Work, 'run'> {
  once(what: string, work: (key: string) => Promise<void>): Promise<void>;
}

/** An act that somebody waits for, done once however often it is asked for (`use-once.ts`). */
export function useAct(): Act {
  const { run, ...rest } = useWork();
  const once = useOnce();
  return { ...rest, once: (what, work) => run(() => once(what, work)) };
}
