import { useCallback, useState } from 'react';
import type { Making } from './request.ts';

/** Referrals that are being made. One that is put aside keeps what was typed until it is sent or discarded. */
export interface Drafts {
  readonly all: readonly Making[];
  /** The key of the one that is shown. */
  readonly front: string | undefined;
  /** Begins one, or goes on with it. */
  begin(making: Making): void;
  aside(): void;
  end(making: Making): void;
}

/** One of each kind, and one of each that follows from a referral. */
export function keyOf(making: Making): string {
  return 'of' in making ? `${making.kind} ${making.of.id}` : making.kind;
}

export function useDrafts(): Drafts {
  const [all, setAll] = useState<readonly Making[]>([]);
  const [front, setFront] = useState<string>();
  const begin = useCallback((making: Making) => {
    const key = keyOf(making);
    setAll((all) => (all.some((each) => keyOf(each) === key) ? all : [...all, making]));
    setFront(key);
  }, []);
  const aside = useCallback(() => setFront(undefined), []);
  const end = useCallback((making: Making) => {
    setAll((all) => all.filter((each) => keyOf(each) !== keyOf(making)));
    setFront(undefined);
  }, []);
  return { all, front, begin, aside, end };
}
