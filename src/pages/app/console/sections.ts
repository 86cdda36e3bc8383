import type { ComponentType } from 'react';
import type { Session } from '../../../../schemas/user.ts';
import { Audit } from './audit.tsx';
import { Deliveries } from './deliveries.tsx';
import { Links } from './links.tsx';
import { Readers } from './readers.tsx';
import { Users } from './users.tsx';

export type Scope = Session['scopes'][number];

/** What every section is told. */
export interface SectionProps {
  /** Whether who is signed in may do this as well: what a role can't do is not offered. */
  may(scope: Scope): boolean;
}

interface Section {
  readonly key: 'readers' | 'links' | 'deliveries' | 'audit' | 'users';
  /** Who may see it. */
  readonly scope: Scope;
  readonly Show: ComponentType<SectionProps>;
}

/** The sections, in the order of their tabs. */
export const sections: readonly Section[] = [
  { key: 'readers', scope: 'reader:read', Show: Readers },
  { key: 'links', scope: 'delivery:read', Show: Links },
  { key: 'deliveries', scope: 'delivery:read', Show: Deliveries },
  { key: 'audit', scope: 'audit:read', Show: Audit },
  { key: 'users', scope: 'user:read', Show: Users },
];
