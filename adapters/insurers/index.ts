import type { InsurerConfiguration } from '../../schemas/insurer-configuration.ts';
import type { Purse } from '../../src/card/port.ts';
import { type Clock, systemIds } from '../../src/clock.ts';
import type { Insurer } from '../../src/settlement/port.ts';
import type { Store } from '../../src/store/port.ts';
import { createAssistance } from './assistance/adapter.ts';
import { createCashPayer } from './cash/adapter.ts';
import { createNhsaInsurer } from './nhsa/adapter.ts';
import type { Specification } from './nhsa/specification.ts';
import { createNrcmsGuizhouInsurer } from './nrcms-guizhou/adapter.ts';
import { createNrcmsJiangsuInsurer } from './nrcms-jiangsu/adapter.ts';
import { createPursePayer } from './purse/adapter.ts';

export interface InsurerParts {
  readonly store: Store;
  readonly clock: Clock;
  /** Reads a secret that a configuration names; `key` says where, for who must mend it. */
  secretOf(secret: { readonly env: string } | { readonly file: string }, key: string): string;
  /** The national interface as data, where it is shared; read anew otherwise. */
  /** The purse of the card side, when it is there. */
  readonly purse: () => Purse;
  readonly specification?: Specification | undefined;
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
      const { store, clock, specification } = parts;
      return createNhsaInsurer(configuration, { store, clock, secret, specification });
    }
    case 'assistance':
      return createAssistance(configuration, { clock: parts.clock, ids: systemIds });
    case 'purse':
      return createPursePayer(configuration, parts);
    case 'cash':
      return createCashPayer(configuration, parts.clock);
    case 'nrcms-guizhou': {
      const password = parts.secretOf(configuration.password, `insurers.${id}.password`);
      return createNrcmsGuizhouInsurer(configuration, { clock: parts.clock, ids: systemIds, password });
    }
    case 'nrcms-jiangsu':
      return createNrcmsJiangsuInsurer(configuration, { clock: parts.clock, ids: systemIds });
  }
}
