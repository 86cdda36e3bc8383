import type { FastifyPluginAsync } from 'fastify';
import type { Logger } from 'pino';
import type { AuditTrail } from '../access/audit.ts';
import type { Vault } from '../access/vault.ts';
import type { Clock, Ids } from '../clock.ts';
import type { Events } from '../events/events.ts';
import type { Idempotency } from '../http/idempotency.ts';
import type { Store } from '../store/port.ts';
import { Inbox } from './inbox.ts';
import { StoredOutbox } from './outbox.ts';
import type { Link, MessageHandlers } from './port.ts';
import { deliveryRoutes } from './routes.ts';
import { DeliveryService } from './service.ts';
import { linkSecretOf } from './signature.ts';
import { DeliveryWorker } from './worker.ts';

/** Another organisation that messages go to and come from. */
export interface Peer {
  readonly code: string;
  readonly link: Link;
  /** The secret shared with it: `whsec_` and base64. */
  readonly secret: string;
}

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
  readonly peers: readonly Peer[];
}

/** The delivery side, put together. */
export interface DeliverySide {
  readonly outbox: StoredOutbox;
  readonly inbox: Inbox;
  readonly worker: DeliveryWorker;
  routes(idempotency: Idempotency): FastifyPluginAsync[];
}

export function composeDelivery(parts: DeliveryParts): DeliverySide {
  const { peers, organisation, clock } = parts;
  const outbox = new StoredOutbox(parts);
  const inbox = new Inbox(parts);
  const deliveries = new DeliveryService({ ...parts, outbox });
  const links = new Map(peers.map(({ code, link }) => [code, link]));
  const secrets = new Map(peers.map(({ code, secret }) => [code, linkSecretOf(secret)]));
  const worker = new DeliveryWorker({ ...parts, outbox, links });
  return {
    outbox,
    inbox,
    worker,
    routes: (idempotency) => [
      deliveryRoutes({ deliveries, idempotency, inbox, clock, organisation, secrets }),
    ],
  };
}
