import type { PsamConfiguration } from '../../schemas/reader-configuration.ts';
import { healthCardAuthenticators } from './health-card/external-authentication.ts';
import type { KeysOf } from './present.ts';
import { authenticators, type Ways } from './social-security/authentication.ts';

export interface KeyParts extends Ways {
  /** The PSAM for health cards of each reader that has one, by the reader's id. */
  readonly healthCardPsams?: ReadonlyMap<string, PsamConfiguration>;
}

/** What opens cards at each reader: the security modules in it, and the issuer's encryption machine. */
export function keysOfReaders({ psams, machine, healthCardPsams = new Map() }: KeyParts): KeysOf {
  const authenticatorOf = authenticators({ psams, machine });
  const healthCardOf = healthCardAuthenticators(healthCardPsams);
  return (readerId, reader) => ({
    authenticator: authenticatorOf(readerId, reader),
    healthCard: healthCardOf(readerId, reader),
  });
}

interface ReaderWithModules {
  readonly id: string;
  readonly psam?: PsamConfiguration | undefined;
  readonly healthCardPsam?: PsamConfiguration | undefined;
}

/** The security modules of configured readers, by the readers' ids. */
export function modulesOf(
  readers: readonly ReaderWithModules[],
): Pick<KeyParts, 'psams' | 'healthCardPsams'> {
  return {
    psams: new Map(readers.flatMap(({ id, psam }) => (psam ? [[id, psam] as const] : []))),
    healthCardPsams: new Map(
      readers.flatMap(({ id, healthCardPsam: psam }) => (psam ? [[id, psam] as const] : [])),
    ),
  };
}
