import type { FastifyPluginAsync } from 'fastify';
import type { MessageHandlers, Outbox } from '../delivery/port.ts';
import type { Idempotency } from '../http/idempotency.ts';
import { type ArrivalParts, referralHandlers } from './arrivals.ts';
import { composeFhir } from './fhir/compose.ts';
import { composeForms } from './forms/compose.ts';
import type { ReferralObserver } from './port.ts';
import { referralRoutes } from './routes.ts';
import { organisationNames } from './routing.ts';
import { type ReferralParts, ReferralService } from './service.ts';

interface ReferralSideParts
  extends Omit<ReferralParts, 'outbox' | 'observers'>,
    Omit<ArrivalParts, 'observers'> {
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
    readonly chores: Readonly<Record<string, () => Promise<unknown>>>;
    routes(idempotency: Idempotency): FastifyPluginAsync[];
  };
}

export function composeReferral(parts: ReferralSideParts): ReferralSide {
  // Whoever follows referrals is added here, in the order in which they are to be told.
  const observers: readonly ReferralObserver[] = [...(parts.observers ?? [])];
  return {
    handlers: referralHandlers({ ...parts, observers }),
    over(outbox) {
      const nameOf = organisationNames(parts.organisations);
      const referrals = new ReferralService({ ...parts, observers, outbox });
      const fhir = composeFhir({ ...parts, referrals, known: () => parts.organisations });
      return {
        referrals,
        chores: { ...fhir.chores },
        routes: (idempotency) => [
          referralRoutes({ referrals, idempotency }),
          ...composeForms({ ...parts, nameOf }).routes,
          ...fhir.routes,
        ],
      };
    },
  };
}
