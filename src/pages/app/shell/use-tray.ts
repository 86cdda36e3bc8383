import { lazy, useState } from 'react';

const KEPT = 'yikatong.tray';

/** The sandbox's tray: whether it is out, which going to another page does not change. */
export function useTray(): readonly [isOut: boolean, turn: () => void] {
  const [isOut, setOut] = useState(() => sessionStorage.getItem(KEPT) === 'out');
  const turn = () => {
    sessionStorage.setItem(KEPT, isOut ? 'in' : 'out');
    setOut(!isOut);
  };
  return [isOut, turn];
}

/** Loaded by whoever opens it: no desk at work ever does. */
export const Tray = lazy(() => import('../sandbox/tray.tsx'));
