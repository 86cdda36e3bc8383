import type { FastifyPluginAsync } from 'fastify';
import type { Logger } from 'pino';
import type { OrganisationConfiguration } from '../../schemas/configuration.ts';
import type { Secret } from '../../schemas/configuration-words.ts';
import type { DeliveryConfiguration } from '../../schemas/delivery-configuration.ts';
import type { LinkConfiguration } from '../../schemas/link-configuration.ts';
import type { AuditTrail } from '../access/audit.ts';
import { maskError } from '../access/masking.ts';
import type { Vault } from '../access/vault.ts';
import type { Clock, Ids } from '../clock.ts';
import { isReadableOnTheWay } from '../configured.ts';
import type { Events } from '../events/events.ts';
import type { Idempotency } from '../http/idempotency.ts';
import type { Store } from '../store/port.ts';
import { Door } from './door.ts';
import { expiryOf } from './expiry.ts';
import { Inbox } from './inbox.ts';
import { linkKeysOf, ownKeysOf } from './keys.ts';
import { LinkBook } from './link-book.ts';
import { linkStateRoutes } from './link-state-routes.ts';
import { Mailbox } from './mailbox.ts';
import { StoredOutbox } from './outbox.ts';
import { packWith } from './packing.ts';
import { Peers } from './peers.ts';
import { type CasesOf, directWays, type Link, type MessageHandlers, type Pack, type Ways } from './port.ts';
import { Relay, reroute } from './relay.ts';
import { REPORT, Reports } from './reports.ts';
import { deliveryRoutes } from './routes.ts';
import { DeliveryService } from './service.ts';
import { DeliveryWorker } from './worker.ts';

export interface DeliveryParts {
  readonly store: Store;
  readonly vault: Vault;
  readonly audit: AuditTrail;
  readonly events: Events;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly random: () => number;
  /** The code of our own organisation. */
  readonly organisation: string;
  readonly gatewayId: string;
  readonly handlers: MessageHandlers;
  /** Which link leads where; without it, only what has a link of its own is reached. */
  readonly ways?: Ways;
  /** Whose cases they are; without it, nothing is found by person. */
  readonly casesOf?: CasesOf;
  readonly rules?: DeliveryConfiguration | undefined;
  /** The organisations known at the start; others are joined later. */
  readonly organisations: readonly OrganisationConfiguration[];
  /** Makes the link of a configured kind. */
  linkOf(code: string, link: LinkConfiguration, pack: Pack): Link;
  /** Reads a secret; `where` names it where it can't be read. */
  secretOf(secret: Secret, where: string): string;
}

/** The delivery side, put together. */
export interface DeliverySide {
  readonly outbox: StoredOutbox;
  readonly inbox: Inbox;
  readonly worker: DeliveryWorker;
  readonly peers: Peers;
  /** Joins an organisation, or joins it anew with another link; one without a link is let go of. Throws on bad keys. */
  join(organisation: OrganisationConfiguration): void;
  /** Sends what is queued over the ways that there are now; call when they have changed. */
  reroute(): Promise<void>;
  routes(idempotency: Idempotency): FastifyPluginAsync[];
  /** Begins to send, and to take what comes over connections of our own making. */
  start(): void;
  stop(): Promise<void>;
}

export function composeDelivery(parts: DeliveryParts): DeliverySide {
  const { clock, logger } = parts;
  const outbox = new StoredOutbox({ ...parts, expiresAfterMs: expiryOf(parts.rules?.expiryMinutes) });
  const { ways = directWays } = parts;
  const handlers = new Map(parts.handlers).set(REPORT, new Reports(parts));
  const inbox = new Inbox({ ...parts, handlers });
  const relay = new Relay({ ...parts, outbox, ways });
  const deliveries = new DeliveryService({ ...parts, outbox });
  const peers = new Peers(logger);
  const door = new Door({ ...parts, ...parts.rules, inbox, relay, keys: peers.keys });
  const book = new LinkBook(parts);
  const { links, keys } = peers;
  const box = new Mailbox({ ...parts, handlers, relay, outbox, book, links, keys });
  const worker = new DeliveryWorker({ ...parts, handlers, relay, outbox, book, links });

  const own = ownKeysOf(parts.rules, parts.secretOf);
  function join({ code, link }: OrganisationConfiguration): void {
    if (!link) {
      peers.remove(code);
      return;
    }
    if (addressesOf(link).some(isReadableOnTheWay)) {
      logger.warn(
        { organisation: code },
        'patients’ data goes over this link in the clear: use https or tls',
      );
    }
    const theirs = linkKeysOf(link, parts.secretOf, `organisations.${code}.link`, own);
    peers.put({ code, keys: theirs, link: parts.linkOf(code, link, packWith(theirs, clock)) });
  }
  for (const organisation of parts.organisations) join(organisation);

  function heard(organisation: string): void {
    worker.heard(organisation).then(
      () => worker.wake(),
      (error: unknown) => logger.error({ err: maskError(error), organisation }, 'what waits was not hurried'),
    );
  }

  return {
    outbox,
    inbox,
    worker,
    peers,
    join,
    async reroute() {
      if ((await reroute(parts.store, ways, clock.now())) > 0) outbox.wake();
    },
    routes: (idempotency) => [
      deliveryRoutes({
        ...{ deliveries, idempotency, take: door.take, takeAll: door.takeAll },
        mailbox: { open: door.open, box },
      }),
      linkStateRoutes({ store: parts.store, links }),
    ],
    start() {
      worker.start();
      peers.listen({ take: door.take, open: door.open, heard });
    },
    async stop() {
      await worker.stop();
      await peers.close();
    },
  };
}

/** Where a link leads that is not known to be encrypted by other means. */
function addressesOf(link: LinkConfiguration): readonly string[] {
  if (link.kind === 'nats') return link.tls ? [] : link.servers;
  return 'url' in link ? [link.url] : [];
}
