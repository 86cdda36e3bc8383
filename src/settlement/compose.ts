import type { FastifyPluginAsync } from 'fastify';
import type { Logger } from 'pino';
import type { AuditTrail } from '../access/audit.ts';
import type { Vault } from '../access/vault.ts';
import type { Clock, Ids, Timers } from '../clock.ts';
import type { Events } from '../events/events.ts';
import type { Idempotency } from '../http/idempotency.ts';
import type { Store } from '../store/port.ts';
import { Archive } from './archive.ts';
import { Desk, type Readings } from './desk.ts';
import { DoubtWorker } from './doubt-worker.ts';
import { composeEstimates, type EstimateParts } from './estimates/compose.ts';
import { estimateRoutes } from './estimates/routes.ts';
import { ExchangeArchive } from './exchange-archive.ts';
import { exchangeRoutes } from './exchange-routes.ts';
import { composeFilings, type FilingSide } from './filings/compose.ts';
import { Flows, type Insurers } from './flows.ts';
import { insurerHealthRoutes } from './health/routes.ts';
import { Inquiries } from './inquiries.ts';
import { insurerRoutes } from './insurer-routes.ts';
import { Journal } from './journal.ts';
import { Ledger } from './ledger.ts';
import { settlementMeasureRoutes } from './measures/routes.ts';
import { SettlementMeasureService } from './measures/service.ts';
import type { Settlement } from './model.ts';
import type { VisitReferrals } from './port.ts';
import { Recovery } from './recovery.ts';
import { settlementRoutes } from './routes.ts';
import { SettlementService } from './service.ts';
import { defaultSettings, type SettlementSettings } from './settings.ts';
import { composeStatements, type StatementSide } from './statements/compose.ts';
import { composeStays, type StaySide } from './stays/compose.ts';
import type { VisitCounts } from './visit-counts.ts';
import { visitCounts } from './visits.ts';

export interface SettlementParts {
  readonly store: Store;
  readonly vault: Vault;
  readonly audit: AuditTrail;
  readonly events: Events;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly timers?: Timers;
  readonly logger: Logger;
  readonly gatewayId: string;
  readonly insurers: Insurers;
  /** How long each insurer's answer is waited for; the default stands for those it doesn't name. */
  readonly timeoutsMs?: ReadonlyMap<string, number>;
  readonly settings?: Partial<SettlementSettings>;
  /** Which referral a visit follows, unless its request says; none where absent. */
  readonly referrals?: VisitReferrals;
  /** What estimates are made from. */
  readonly estimates?: EstimateParts;
  /** Insurers whose statement of the day before is made by itself, from this time of the day on: HH:mm. */
  readonly dailyStatements?: ReadonlyMap<string, string>;
}

/** The settlement side, put together. */
export interface SettlementSide {
  readonly service: SettlementService;
  readonly worker: DoubtWorker<Settlement>;
  readonly ledger: Ledger;
  readonly archive: Archive;
  readonly inquiries: Inquiries;
  readonly filings: FilingSide;
  /** What is looked after now and then, for the housekeeper. */
  readonly chores: Readonly<Record<string, () => Promise<unknown>>>;
  /** Stays in a ward, with a worker of their own. */
  readonly stays: StaySide;
  readonly statements: StatementSide;
  /** For measures. */
  readonly visits: VisitCounts;
  routes(parts: { readings: Readings; idempotency: Idempotency }): FastifyPluginAsync[];
}

export function composeSettlement(parts: SettlementParts): SettlementSide {
  const { insurers, gatewayId, clock } = parts;
  const settings = { ...defaultSettings, ...parts.settings };
  const timeoutMsOf = (insurer: string) => parts.timeoutsMs?.get(insurer) ?? settings.exchangeTimeoutMs;
  const runner = `${gatewayId} ${parts.ids.next()}`;
  const ledger = new Ledger(parts);
  const journal = new Journal({ ...parts, timeoutMsOf });
  const flows = new Flows({ ...parts, ledger, journal, settings, runner });
  const recovery = new Recovery(flows, parts.store);
  const worker = new DoubtWorker({
    ...parts,
    ledger,
    journal,
    recovery,
    settings,
    runner,
    insurers: insurers.keys(),
  });
  flows.onDoubt = (at) => worker.wake(at);
  const stays = composeStays({ ...parts, journal, settings, runner, seals: ledger.seals });
  const service = new SettlementService({ ledger, flows, stays: stays.bills });
  const archive = new Archive({ ...parts, ledger });
  const exchanges = new ExchangeArchive({ ...parts, ledger });
  const inquiries = new Inquiries({ insurers, journal, clock });
  const filings = composeFilings({ ...parts, journal, inquiries });
  const { benefits, estimates } = composeEstimates({ ...parts, filings: filings.archive });
  const statements = composeStatements({
    ...{ ...parts, runner, ledger, journal, flows, recovery, service },
    daily: parts.dailyStatements ?? new Map(),
  });
  return {
    service,
    worker,
    ledger,
    archive,
    inquiries,
    filings,
    chores: {
      'statements of the day before': () => statements.service.daily(),
      'filings without an answer': () => filings.takeUpDue(),
      ...(benefits && { 'benefit table': () => benefits.refresh() }),
    },
    stays,
    statements,
    visits: visitCounts(parts),
    routes({ readings, idempotency }) {
      const desk = new Desk(readings, parts.referrals);
      return [
        insurerHealthRoutes(parts),
        insurerRoutes({ insurers, inquiries, desk, clock, idempotency }),
        filings.routes({ desk, idempotency }),
        estimateRoutes({ estimates }),
        settlementRoutes({ service, archive, ledger, desk, idempotency }),
        exchangeRoutes({ exchanges, seals: ledger.seals }),
        stays.routes({ desk, idempotency }),
        statements.routes(idempotency),
        settlementMeasureRoutes({ measures: new SettlementMeasureService(parts) }),
      ];
    },
  };
}
