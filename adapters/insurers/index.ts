import type {
  InsurerConfiguration,
  MobileConfiguration,
  NhsaConfiguration,
} from '../../schemas/insurer-configuration.ts';
import type { Clock } from '../../src/clock.ts';
import type { Insurer } from '../../src/settlement/port.ts';
import type { Store } from '../../src/store/port.ts';
import { createMobileInsurer } from './mobile/adapter.ts';
import { createNhsaInsurer } from './nhsa/adapter.ts';
import { smChannels } from './nhsa/sm-envelope/channel.ts';
import type { Specification } from './nhsa/specification.ts';

export interface InsurerParts {
  readonly store: Store;
  readonly clock: Clock;
  /** Reads a secret that a configuration names; `key` says where, for who must mend it. */
  secretOf(secret: { readonly env: string } | { readonly file: string }, key: string): string;
  /** The national interface as data, where it is shared; read anew otherwise. */
  readonly specification?: Specification | undefined;
}

/** An insurer that holds connections and can let go of them. */
export interface ConnectedInsurer extends Insurer {
  close(): Promise<void>;
}

/** The insurer that a configuration describes. */
export function insurerOf(configuration: InsurerConfiguration, parts: InsurerParts): ConnectedInsurer {
  switch (configuration.adapter) {
    case 'nhsa':
      return createNhsaInsurer(configuration, platformParts(configuration, parts));
    case 'mobile':
      return createMobileInsurer(configuration, platformParts(configuration, parts));
  }
}

/** What the national platform needs beside its configuration. */
function platformParts(configuration: NhsaConfiguration | MobileConfiguration, parts: InsurerParts) {
  const { signing } = configuration;
  const { store, clock, specification, secretOf } = parts;
  const key = (name: string) => `insurers.${configuration.id}.${name}`;
  const secret = signing.kind === 'none' ? '' : secretOf(signing.secret, key('signing.secret'));
  const channels = smChannels(configuration, ({ appSecret, privateKey }, name) => ({
    appSecret: secretOf(appSecret, key(`${name}.appSecret`)),
    privateKey: secretOf(privateKey, key(`${name}.privateKey`)),
  }));
  return { store, clock, secret, channels, ...(specification && { specification }) };
}
