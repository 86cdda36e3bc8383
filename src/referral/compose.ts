import type { FastifyPluginAsync } from 'fastify';
import type { Logger } from 'pino';
import type { ReportRule } from '../../schemas/insured-configuration.ts';
import type { MeasuresConfiguration } from '../../schemas/measure.ts';
import type { ReferralConfiguration } from '../../schemas/referral-configuration.ts';
import type { MessageHandler, MessageHandlers, Outbox } from '../delivery/port.ts';
import type { Idempotency } from '../http/idempotency.ts';
import type { Filings, VisitCounts } from '../settlement/port.ts';
import { type ArrivalParts, referralHandlers } from './arrivals.ts';
import type { AttachmentWorker } from './attachments/worker.ts';
import { contactRoutes } from './contacts/routes.ts';
import { CONTACTS, ContactService } from './contacts/service.ts';
import { deadlinesOf } from './deadlines.ts';
import { composeFhir, type FhirParts } from './fhir/compose.ts';
import { SubscriptionObserver } from './fhir/subscriptions/observer.ts';
import type { SubscriptionWorker } from './fhir/subscriptions/worker.ts';
import { composeReports } from './insured/compose.ts';
import { composeMeasures } from './measures/compose.ts';
import { OverdueWatch } from './overdue.ts';
import { composePapers, type PapersParts } from './papers.ts';
import type { ReferralObserver } from './port.ts';
import { reviewRoutes } from './review/routes.ts';
import { reviewRulesOf } from './review/rules.ts';
import { referralRoutes } from './routes.ts';
import { type ReferralParts, ReferralService } from './service.ts';

/** What the configuration says of how referrals are handled, and whom they are told to. */
interface TellingConfiguration {
  readonly referral?: ReferralConfiguration | undefined;
  readonly measures?: MeasuresConfiguration | undefined;
  readonly reports?: readonly ReportRule[] | undefined;
}

interface ReferralSideParts
  extends Omit<
      ReferralParts,
      'outbox' | 'observers' | 'own' | 'reports' | 'deadlines' | 'review' | 'contacts'
    >,
    Omit<ArrivalParts, 'observers' | 'deadlines'>,
    Omit<PapersParts, 'outbox'>,
    Pick<FhirParts, 'hooks' | 'random' | 'logger'> {
  /** What the gateway calls itself, for the capability statement. */
  readonly version: string;
  /** How many visits there were, for measures. */
  readonly visits: VisitCounts;
  /** Where insurers are told of referrals. */
  readonly filings: Filings;
  readonly logger: Logger;
  readonly random: () => number;
  readonly configuration: PapersParts['configuration'] & TellingConfiguration;
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

export function composeReferral(given: ReferralSideParts): ReferralSide {
  const { deadlines, review } = given.configuration.referral ?? {};
  const parts = { ...given, deadlines: deadlinesOf(deadlines), review: reviewRulesOf(review) };
  const own = parts.configuration.organisation;
  const observer = new SubscriptionObserver({ ...parts, own });
  const { measures: limits, reports: rules = [] } = parts.configuration;
  const known = () => parts.organisations;
  const placeOf = (code: string) => parts.organisations.find((each) => each.code === code);
  const measures = composeMeasures({ ...parts, own, measures: limits, known });
  let outboxLater: Outbox | undefined;
  const outbox = () => outboxLater!;
  const reports = composeReports({ ...parts, own, rules, placeOf, outbox });
  const contacts = new ContactService({
    ...parts,
    outbox,
    contacts: parts.configuration.referral?.contacts ?? [],
  });
  // Whoever follows referrals is added here, in the order in which they are to be told.
  const observers: readonly ReferralObserver[] = [
    observer,
    measures.observer,
    reports.observer,
    contacts.observer,
    ...(parts.observers ?? []),
  ];
  const papers = composePapers({ ...parts, outbox });
  return {
    handlers: new Map<string, MessageHandler>([
      ...referralHandlers({ ...parts, observers }),
      ...papers.handlers,
      ...reports.handlers,
      [CONTACTS, contacts],
    ]),
    over(outbox) {
      outboxLater = outbox;
      const referrals = new ReferralService({
        ...parts,
        own,
        observers,
        outbox,
        reports: reports.views,
        contacts: contacts.views,
      });
      const overdue = new OverdueWatch({ ...parts, observers });
      const fhir = composeFhir({
        ...parts,
        own,
        observer,
        referrals,
        known,
        attachments: papers.attachments,
      });
      return {
        referrals,
        worker: papers.worker,
        subscriptions: fhir.worker,
        start() {
          papers.worker.start();
          fhir.worker.start();
          reports.worker.start();
          overdue.start();
        },
        stop: async () =>
          void (await Promise.all(
            [papers, papers.worker, fhir.worker, reports.worker, overdue].map((each) => each.stop()),
          )),
        chores: { ...fhir.chores, ...papers.chores },
        routes: (idempotency) => [
          referralRoutes({ referrals, idempotency }),
          reviewRoutes({ referrals, idempotency }),
          contactRoutes({ contacts, idempotency }),
          ...fhir.routes(idempotency),
          ...papers.routes,
          ...measures.routes,
        ],
      };
    },
  };
}
