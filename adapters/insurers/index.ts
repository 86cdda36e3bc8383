import type { Secret } from '../../schemas/configuration-words.ts';
import type { InsurerConfiguration } from '../../schemas/insurer-configuration.ts';
import type { Purse } from '../../src/card/port.ts';
import { type Clock, systemIds } from '../../src/clock.ts';
import type { Insurer } from '../../src/settlement/port.ts';
import type { Store } from '../../src/store/port.ts';
import { createAssistance } from './assistance/adapter.ts';
import { createCashPayer } from './cash/adapter.ts';
import { createNhsaInsurer } from './nhsa/adapter.ts';
import type { Warnings } from './nhsa/platform-time.ts';
import { profileOf } from './nhsa/profile.ts';
import type { Specification } from './nhsa/specification.ts';
import { createNrcmsGuizhouInsurer } from './nrcms-guizhou/adapter.ts';
import { createNrcmsJiangsuInsurer } from './nrcms-jiangsu/adapter.ts';
import { createPursePayer } from './purse/adapter.ts';

export interface InsurerParts {
  readonly store: Store;
  readonly clock: Clock;
  /** Reads a secret that a configuration names; `key` says where, for who must mend it. */
  secretOf(secret: { readonly env: string } | { readonly file: string }, key: string): string;
  /** The purse of the card side, when it is there. */
  readonly purse: () => Purse;
  /** The national interface as data, where it is shared; read anew otherwise. */
  readonly specification?: Specification | undefined;
  /** Told what an operator of the gateway should know. */
  readonly logger?: Warnings | undefined;
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
      const { store, clock, specification, logger } = parts;
      const { ca, certificate, key } = configuration.tls ?? {};
      const read = (file: Secret | undefined, name: string) =>
        file && parts.secretOf(file, `insurers.${id}.tls.${name}`);
      const tls = configuration.tls && {
        ca: read(ca, 'ca'),
        certificate: read(certificate, 'certificate'),
        key: read(key, 'key'),
      };
      return createNhsaInsurer(configuration, { store, clock, secret, tls, specification, logger });
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

/** How long an answer of an insurer is waited for; nothing where neither its configuration nor its profile says. */
export function timeoutMsOf(configuration: InsurerConfiguration): number | undefined {
  return configuration.adapter === 'nhsa' ? profileOf(configuration).timeoutMs : configuration.timeoutMs;
}
