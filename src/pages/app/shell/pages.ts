import type { Session } from '../../../../schemas/user.ts';
import type { Word } from '../words/zh.ts';

export interface Page {
  readonly path: string;
  readonly word: Word;
  /** Who may see it: it asks for this and more. */
  readonly scope: Session['scopes'][number];
}

/** The pages, in the order of the bar. `src/pages/routes.ts` serves these paths. */
export const pages: readonly Page[] = [{ path: '/desk', word: 'page.desk', scope: 'settlement:write' }];
