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
  /** For whom it is, where more roles have that right than have the work. */
  readonly roles?: Session['roles'];
  /** Each page is a file of its own, which is loaded when it is opened. */
  readonly Show: ComponentType<PageProps>;
}

/** A page's file. Where its address was opened it is asked for at once, while it is asked who is signed in. */
function pageAt(path: string, load: () => Promise<{ default: ComponentType<PageProps> }>) {
  if (location.pathname === path) load().catch(() => undefined);
  return lazy(load);
}

/** The pages, in the order of the bar. `src/pages/routes.ts` serves these paths. */
const pages: readonly Page[] = [
  {
    path: '/desk',
    word: 'page.desk',
    scope: 'settlement:write',
    Show: pageAt('/desk', () => import('../desk/desk.tsx')),
  },
  {
    path: '/referrals',
    word: 'page.referrals',
    scope: 'referral:read',
    Show: pageAt('/referrals', () => import('../referrals/referrals.tsx')),
  },
  {
    path: '/console',
    word: 'page.console',
    scope: 'delivery:read',
    Show: pageAt('/console', () => import('../console/console.tsx')),
  },
  {
    path: '/review',
    word: 'page.review',
    scope: 'settlement:read',
    roles: ['reception', 'finance', 'auditor'],
    Show: pageAt('/review', () => import('../review/review.tsx')),
  },
  {
    path: '/statements',
    word: 'page.statements',
    scope: 'settlement:read',
    roles: ['finance', 'auditor'],
    Show: lazy(() => import('../statements/statements.tsx')),
  },
  {
    path: '/measures',
    word: 'page.measures',
    scope: 'measure:read',
    Show: pageAt('/measures', () => import('../measures/measures.tsx')),
  },
];

/** The pages for somebody, by what they may do and what their work is. */
export function pagesFor({ scopes, roles: own }: Session): Page[] {
  return pages.filter(
    ({ scope, roles }) => scopes.includes(scope) && (!roles || roles.some((role) => own.includes(role))),
  );
}
