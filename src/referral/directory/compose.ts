import type { Logger } from 'pino';
import type { Configuration } from '../../../schemas/configuration.ts';
import type { OrganisationRecord } from '../../../schemas/directory.ts';
import type { AuditTrail } from '../../access/audit.ts';
import { maskError } from '../../access/masking.ts';
import { type Clock, systemTimers } from '../../clock.ts';
import { Fault } from '../../errors.ts';
import type { Store } from '../../store/port.ts';
import { DirectoryService } from './service.ts';

export interface DirectorySideParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly audit: AuditTrail;
  readonly logger: Logger;
  readonly configuration: Pick<Configuration, 'organisation' | 'organisations' | 'directory'>;
  /** Throws where the keys of a link can't be read at this gateway, or are none. */
  readonly checkLink: (record: OrganisationRecord) => void;
}

/** What the delivery side does when links or ways change. */
export interface Follower {
  join(organisation: OrganisationRecord): void;
  reroute(): Promise<void>;
}

/** The directory, read for the first time. */
export async function startDirectory(parts: DirectorySideParts): Promise<DirectoryService> {
  const { organisation, organisations, directory: places } = parts.configuration;
  const directory = new DirectoryService({
    ...parts,
    timers: systemTimers,
    own: organisation,
    configured: organisations,
    file: places?.file,
    checkLink: (record) => {
      try {
        parts.checkLink(record);
      } catch {
        throw new Fault('organisation.link', { pointer: '/body/link/secret' });
      }
    },
  });
  await directory.start();
  return directory;
}

/**
 * Has the delivery side follow the directory: a link comes into being, changes or ends with its organisation's
 * record, and what waits goes the ways that there are then. One that can't be opened is told of, and waits for the
 * next change. `joined` are those that are joined already.
 */
export function follow(
  directory: Pick<DirectoryService, 'onChange'>,
  { join, reroute }: Follower,
  { joined, logger }: { joined: readonly OrganisationRecord[]; logger: Logger },
): void {
  const links = new Map(joined.flatMap((each) => (each.link ? [[each.code, linkOf(each)]] : [])));
  const tryToJoin = (organisation: OrganisationRecord) => {
    try {
      join(organisation);
    } catch (error) {
      const { code } = organisation;
      logger.error({ organisation: code, err: maskError(error) }, '通道无法建立 / a link cannot be opened');
    }
  };
  directory.onChange((organisations) => {
    const now = new Map(organisations.map((each) => [each.code, each]));
    for (const code of links.keys()) {
      if (now.get(code)?.link) continue;
      links.delete(code);
      tryToJoin({ code, name: code, level: 'village' });
    }
    for (const organisation of now.values()) {
      if (!organisation.link || links.get(organisation.code) === linkOf(organisation)) continue;
      links.set(organisation.code, linkOf(organisation));
      tryToJoin(organisation);
    }
    reroute().catch((error: unknown) => {
      logger.error({ err: maskError(error) }, 'what waits could not be sent another way');
    });
  });
}

function linkOf({ link }: OrganisationRecord): string {
  return JSON.stringify(link);
}
