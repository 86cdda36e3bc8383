import type { ComponentType } from 'react';
import type { Session } from '../../../../schemas/user.ts';
import { Access } from './access.tsx';
import { Audit } from './audit.tsx';
import { Catalogues } from './catalogues.tsx';
import { Configuration } from './configuration.tsx';
import { Deliveries } from './deliveries.tsx';
import { Insurers } from './insurers.tsx';
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
  readonly key:
    | 'readers'
    | 'insurers'
    | 'links'
    | 'deliveries'
    | 'catalogues'
    | 'audit'
    | 'users'
    | 'access'
    | 'configuration';
  /** Who may see it: all of these are needed. */
  readonly needs: readonly Scope[];
  readonly Show: ComponentType<SectionProps>;
}

/** The sections, in the order of their tabs. */
export const sections: readonly Section[] = [
  { key: 'readers', needs: ['reader:read'], Show: Readers },
  { key: 'insurers', needs: ['operation:read'], Show: Insurers },
  { key: 'links', needs: ['delivery:read'], Show: Links },
  { key: 'deliveries', needs: ['delivery:read'], Show: Deliveries },
  { key: 'catalogues', needs: ['catalogue:read', 'operation:read'], Show: Catalogues },
  { key: 'audit', needs: ['audit:read'], Show: Audit },
  { key: 'users', needs: ['user:read'], Show: Users },
  { key: 'access', needs: ['operation:read'], Show: Access },
  { key: 'configuration', needs: ['operation:read'], Show: Configuration },
];
