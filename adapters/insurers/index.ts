import type { Secret } from '../../schemas/configuration-words.ts';
import type {
  InsurerConfiguration,
  MobileConfiguration,
  NhsaConfiguration,
} from '../../schemas/insurer-configuration.ts';
import type { Purse } from '../../src/card/port.ts';
import { type Clock, systemIds } from '../../src/clock.ts';
import type { Insurer, Spool } from '../../src/settlement/port.ts';
import type { Store } from '../../src/store/port.ts';
import { createAssistance } from './assistance/adapter.ts';
import { createCashPayer } from './cash/adapter.ts';
import { createMobileInsurer } from './mobile/adapter.ts';
import { createNhsaInsurer } from './nhsa/adapter.ts';
import type { Warnings } from './nhsa/platform-time.ts';
import { profileOf } from './nhsa/profile.ts';
import { smChannels } from './nhsa/sm-envelope/channel.ts';
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
  /** Where files lie while they are on their way to an insurer or from it. */
  readonly spool?: Spool;
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
    case 'assistance':
      return createAssistance(configuration, { clock: parts.clock, ids: systemIds });
    case 'purse':
      return createPursePayer(configuration, parts);
    case 'cash':
      return createCashPayer(configuration, parts.clock);
    case 'nrcms-guizhou': {
      const password = parts.secretOf(configuration.password, `insurers.${configuration.id}.password`);
      return createNrcmsGuizhouInsurer(configuration, { clock: parts.clock, ids: systemIds, password });
    }
    case 'nrcms-jiangsu':
      return createNrcmsJiangsuInsurer(configuration, { clock: parts.clock, ids: systemIds });
  }
}

/** What the national platform needs beside its configuration. */
function platformParts(configuration: NhsaConfiguration | MobileConfiguration, parts: InsurerParts) {
  const { signing } = configuration;
  const { store, clock, specification, logger, spool, secretOf } = parts;
  const key = (name: string) => `insurers.${configuration.id}.${name}`;
  const secret = signing.kind === 'none' ? '' : secretOf(signing.secret, key('signing.secret'));
  const { ca, certificate, key: privateKey } = configuration.tls ?? {};
  const read = (file: Secret | undefined, name: string) => file && secretOf(file, key(`tls.${name}`));
  const tls = configuration.tls && {
    ca: read(ca, 'ca'),
    certificate: read(certificate, 'certificate'),
    key: read(privateKey, 'key'),
  };
  const channels = smChannels(configuration, profileOf(configuration), ({ appSecret, privateKey }, name) => ({
    appSecret: secretOf(appSecret, key(`${name}.appSecret`)),
    privateKey: secretOf(privateKey, key(`${name}.privateKey`)),
  }));
  return { store, clock, secret, tls, channels, specification, logger, spool };
}

/** How long an answer of each insurer is waited for, where its configuration or its profile says so. */
export function timeoutsOf(configurations: readonly InsurerConfiguration[]): Map<string, number> {
  return new Map(
    configurations.flatMap((configuration) => {
      const { id, adapter } = configuration;
      const { timeoutMs } =
        adapter === 'nhsa' || adapter === 'mobile' ? profileOf(configuration) : configuration;
      return timeoutMs === undefined ? [] : [[id, timeoutMs] as const];
    }),
  );
}
