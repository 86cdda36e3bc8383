import type { FastifyPluginAsync } from 'fastify';
import type { Idempotency } from '../../http/idempotency.ts';
import type { AttachmentService } from '../attachments/service.ts';
import { FhirMessages, type MessageParts } from './messages.ts';
import { fhirRoutes } from './routes.ts';
import { type FhirReadParts, FhirReads } from './service.ts';
import type { SubscriptionObserver } from './subscriptions/observer.ts';
import { FhirSubscriptions, type SubscriptionParts } from './subscriptions/service.ts';
import { SubscriptionWorker, type SubscriptionWorkerParts } from './subscriptions/worker.ts';
import { FhirWrites } from './writes.ts';

export interface FhirParts
  extends Omit<FhirReadParts, 'attachments'>,
    Omit<MessageParts, 'reads' | 'writes'>,
    Omit<SubscriptionParts, 'reads'>,
    Omit<SubscriptionWorkerParts, 'subscriptions'> {
  readonly attachments: AttachmentService;
  readonly version: string;
  /** Follows referrals; made first, since the referral side is made with it. */
  readonly observer: SubscriptionObserver;
}

/** Puts the FHIR face together. */
export function composeFhir(parts: FhirParts): {
  readonly routes: (idempotency: Idempotency) => readonly FastifyPluginAsync[];
  readonly worker: SubscriptionWorker;
  readonly chores: Readonly<Record<string, () => Promise<unknown>>>;
} {
  const reads = new FhirReads(parts);
  const writes = new FhirWrites(parts);
  const messages = new FhirMessages({ ...parts, reads, writes });
  const subscriptions = new FhirSubscriptions({ ...parts, reads });
  const worker = new SubscriptionWorker({ ...parts, subscriptions });
  parts.observer.onDue(() => worker.wake());
  subscriptions.onDue(() => worker.wake());
  return {
    routes: (idempotency) => [fhirRoutes({ ...parts, idempotency, reads, writes, messages, subscriptions })],
    worker,
    chores: {
      'expired FHIR messages': () => messages.expire(),
      'expired FHIR notifications': () => subscriptions.expire(),
    },
  };
}
