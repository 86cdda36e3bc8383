import type { FastifyPluginAsync } from 'fastify';
import type { Logger } from 'pino';
import type { AuditTrail } from '../../access/audit.ts';
import type { Vault } from '../../access/vault.ts';
import type { Clock, Ids } from '../../clock.ts';
import type { Events } from '../../events/events.ts';
import type { Idempotency } from '../../http/idempotency.ts';
import type { Store } from '../../store/port.ts';
import type { Desk } from '../desk.ts';
import { DoubtWorker } from '../doubt-worker.ts';
import type { Insurers } from '../flows.ts';
import type { Journal } from '../journal.ts';
import type { SettlementSeals } from '../model.ts';
import type { SettlementSettings } from '../settings.ts';
import { StayActs } from './acts.ts';
import { StayArchive } from './archive.ts';
import { StayBills } from './bills.ts';
import { StayLedger } from './ledger.ts';
import { StayLines } from './lines.ts';
import type { StayRecord } from './model.ts';
import { StayRecovery } from './recovery.ts';
import { stayRoutes } from './routes.ts';
import { StayService } from './service.ts';

export interface StayParts {
  readonly store: Store;
  readonly vault: Vault;
  readonly audit: AuditTrail;
  readonly events: Events;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly gatewayId: string;
  readonly insurers: Insurers;
  readonly journal: Journal;
  readonly settings: SettlementSettings;
  readonly runner: string;
  readonly seals: SettlementSeals;
}

/** The stays of a ward, put together. */
export interface StaySide {
  readonly service: StayService;
  readonly worker: DoubtWorker<StayRecord>;
  readonly ledger: StayLedger;
  readonly lines: StayLines;
  readonly archive: StayArchive;
  readonly bills: StayBills;
  routes(parts: { desk: Desk; idempotency: Idempotency }): FastifyPluginAsync;
}

export function composeStays(parts: StayParts): StaySide {
  const { store, insurers } = parts;
  const ledger = new StayLedger(parts);
  const lines = new StayLines(store, ledger.seals);
  const acts = new StayActs({ ...parts, ledger, lines });
  const recovery = new StayRecovery(acts, store);
  const worker = new DoubtWorker<StayRecord>({ ...parts, ledger, recovery, insurers: insurers.keys() });
  acts.onDoubt = (at) => worker.wake(at);
  const service = new StayService({ ledger, lines, acts });
  const archive = new StayArchive({ ...parts, ledger });
  return {
    ...{ service, worker, ledger, lines, archive },
    bills: new StayBills({ ...parts, ledger, lines }),
    routes: ({ desk, idempotency }) =>
      stayRoutes({ ...{ service, archive, ledger, lines, desk, idempotency }, seals: parts.seals }),
  };
}
