import type { FastifyPluginAsync } from 'fastify';
import type { MessageHandlers, Outbox } from '../delivery/port.ts';
import type { Idempotency } from '../http/idempotency.ts';
import { type ArrivalParts, referralHandlers } from './arrivals.ts';
import type { AttachmentWorker } from './attachments/worker.ts';
import { composeFhir, type FhirParts } from './fhir/compose.ts';
import { SubscriptionObserver } from './fhir/subscriptions/observer.ts';
import type { SubscriptionWorker } from './fhir/subscriptions/worker.ts';
import { composePapers, type PapersParts } from './papers.ts';
import type { ReferralObserver } from './port.ts';
import { referralRoutes } from './routes.ts';
import { type ReferralParts, ReferralService } from './service.ts';

interface ReferralSideParts
  extends Omit<ReferralParts, 'outbox' | 'observers' | 'own'>,
    Omit<ArrivalParts, 'observers'>,
    Omit<PapersParts, 'outbox'>,
    Pick<FhirParts, 'hooks' | 'random' | 'logger'> {
  /** What the gateway calls itself, for the capability statement. */
  readonly version: string;
  /** Observers from outside the referral side, told last. */
  readonly observers?: readonly ReferralObserver[];
}

/** The referral side, put together in two steps: what takes messages first, since the delivery side needs it. */
export interface ReferralSide {
  /** What the messages of other organisations do here. */
  readonly handlers: MessageHandlers;
  /** The rest, once there is an outbox to send by. */
  over(outbox: Outbox): {
    readonly referrals: ReferralService;
    /** Carries the files of referrals. */
    readonly worker: AttachmentWorker;
    /** Calls who subscribed over FHIR. */
    readonly subscriptions: SubscriptionWorker;
    start(): void;
    stop(): Promise<void>;
    readonly chores: Readonly<Record<string, () => Promise<unknown>>>;
    routes(idempotency: Idempotency): FastifyPluginAsync[];
  };
}

export function composeReferral(parts: ReferralSideParts): ReferralSide {
  const own = parts.configuration.organisation;
  const observer = new SubscriptionObserver({ ...parts, own });
  // Whoever follows referrals is added here, in the order in which they are to be told.
  const observers: readonly ReferralObserver[] = [observer, ...(parts.observers ?? [])];
  let outboxLater: Outbox | undefined;
  const papers = composePapers({ ...parts, outbox: () => outboxLater! });
  return {
    handlers: new Map([...referralHandlers({ ...parts, observers }), ...papers.handlers]),
    over(outbox) {
      outboxLater = outbox;
      const referrals = new ReferralService({ ...parts, own, observers, outbox });
      const fhir = composeFhir({ ...parts, own, observer, referrals, known: () => parts.organisations });
      return {
        referrals,
        worker: papers.worker,
        subscriptions: fhir.worker,
        start() {
          papers.worker.start();
          fhir.worker.start();
        },
        stop: async () => void (await Promise.all([papers.worker.stop(), fhir.worker.stop()])),
        chores: { ...fhir.chores, ...papers.chores },
        routes: (idempotency) => [
          referralRoutes({ referrals, idempotency }),
          ...fhir.routes,
          ...papers.routes,
        ],
      };
    },
  };
}
