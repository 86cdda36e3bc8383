import { type ComponentType, lazy } from 'react';
import type { Session } from '../../../../schemas/user.ts';
import type { words } from './words.ts';

/** What every page is told. */
export interface PageProps {
  readonly session: Session;
  readonly sandbox: boolean;
}

export interface Page {
  readonly path: string;
  readonly word: keyof typeof words;
  /** Who may see it: it asks for this and more. */
  readonly scope: Session['scopes'][number];
  /** Each page is a file of its own, which is loaded when it is opened. */
  readonly Show: ComponentType<PageProps>;
}

/** The pages, in the order of the bar. `src/pages/routes.ts` serves these paths. */
export const pages: readonly Page[] = [
  {
    path: '/desk',
    word: 'page.desk',
    scope: 'settlement:write',
    Show: lazy(() => import('../desk/desk.tsx')),
  },
  {
    path: '/referrals',
    word: 'page.referrals',
    scope: 'referral:read',
    Show: lazy(() => import('../referrals/referrals.tsx')),
  },
  {
    path: '/console',
    word: 'page.console',
    scope: 'delivery:read',
    Show: lazy(() => import('../console/console.tsx')),
  },
];
