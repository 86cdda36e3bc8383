import type { FastifyPluginAsync } from 'fastify';
import type { Logger } from 'pino';
import type { AuditTrail } from '../access/audit.ts';
import type { Vault } from '../access/vault.ts';
import type { Clock, Ids } from '../clock.ts';
import type { Idempotency } from '../http/idempotency.ts';
import type { Store } from '../store/port.ts';
import { Events } from './events.ts';
import { EventLog } from './log.ts';
import { eventLogRoutes } from './log-routes.ts';
import { EventNumbering } from './numbering.ts';
import type { WebhookCaller } from './port.ts';
import { eventRoutes } from './routes.ts';
import { FanOut } from './webhooks/fan-out.ts';
import { webhookRoutes } from './webhooks/routes.ts';
import { WebhookService } from './webhooks/service.ts';
import { WebhookWorker, type WebhookWorkerOptions } from './webhooks/worker.ts';

export interface EventParts {
  readonly store: Store;
  readonly vault: Vault;
  readonly audit: AuditTrail;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly random: () => number;
  readonly gatewayId: string;
  readonly events: Events;
  readonly log: EventLog;
  readonly caller: WebhookCaller;
  /** Hosts whose webhooks may be at addresses that are not public, and without TLS. */
  readonly webhookHosts?: readonly string[] | undefined;
  readonly worker?: Partial<WebhookWorkerOptions>;
}

/** The notice board, with the log behind it. */
export function openEvents(parts: { clock: Clock; ids: Ids; keptDays?: number | undefined }) {
  const log = new EventLog(parts);
  return { log, events: new Events(parts.clock, log) };
}

/** Who is told of what happens, put together. */
export interface EventSide {
  readonly numbering: EventNumbering;
  readonly worker: WebhookWorker;
  readonly chores: Readonly<Record<string, () => Promise<unknown>>>;
  start(): void;
  stop(): Promise<void>;
  routes(idempotency: Idempotency): FastifyPluginAsync[];
}

export function composeEvents(parts: EventParts): EventSide {
  const { store, log, events } = parts;
  const hosts = parts.webhookHosts ?? [];
  const worker = new WebhookWorker({ ...parts, hosts, ...(parts.worker && { options: parts.worker }) });
  const wake = () => worker.wake();
  const fanOut = new FanOut(parts);
  const numbering = new EventNumbering({
    ...parts,
    alsoWrite: (unit, numbered) => fanOut.write(unit, numbered),
    onNumbered: wake,
  });
  const webhooks = new WebhookService({ ...parts, hosts, wake });
  return {
    numbering,
    worker,
    chores: {
      'expired events': () => log.expire(store),
      'expired webhook calls': () => webhooks.expire(),
    },
    start() {
      numbering.start();
      worker.start();
    },
    async stop() {
      await numbering.stop();
      await worker.stop();
      await parts.caller.close();
    },
    routes: (idempotency) => [
      eventRoutes({ events }),
      eventLogRoutes({ log, store }),
      webhookRoutes({ webhooks, idempotency }),
    ],
  };
}
