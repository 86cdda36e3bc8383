import type { InsurerConfiguration } from '../../schemas/insurer-configuration.ts';
import type { Clock } from '../../src/clock.ts';
import type { Insurer, Spool } from '../../src/settlement/port.ts';
import type { Store } from '../../src/store/port.ts';
import { createNhsaInsurer } from './nhsa/adapter.ts';
import type { Specification } from './nhsa/specification.ts';

export interface InsurerParts {
  readonly store: Store;
  readonly clock: Clock;
  /** Reads a secret that a configuration names; `key` says where, for who must mend it. */
  secretOf(secret: { readonly env: string } | { readonly file: string }, key: string): string;
  /** The national interface as data, where it is shared; read anew otherwise. */
  readonly specification?: Specification | undefined;
  /** Where files lie while they are on their way to an insurer or from it. */
  readonly spool?: Spool;
}

/** An insurer that holds connections and can let go of them. */
export interface ConnectedInsurer extends Insurer {
  close(): Promise<void>;
}

/** The insurer that a configuration describes. */
export function insurerOf(configuration: InsurerConfiguration, parts: InsurerParts): ConnectedInsurer {
  const { id } = configuration;
  switch (configuration.adapter) {
    case 'nhsa': {
      const { signing } = configuration;
      const secret =
        signing.kind === 'none' ? '' : parts.secretOf(signing.secret, `insurers.${id}.signing.secret`);
      const { store, clock, specification, spool } = parts;
      return createNhsaInsurer(configuration, { store, clock, secret, specification, spool });
    }
  }
}
