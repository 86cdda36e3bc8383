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
import { Flows, type Insurers } from './flows.ts';
import { Inquiries } from './inquiries.ts';
import { insurerRoutes } from './insurer-routes.ts';
import { Journal } from './journal.ts';
import { Ledger } from './ledger.ts';
import { Recovery } from './recovery.ts';
import { settlementRoutes } from './routes.ts';
import { SettlementService } from './service.ts';
import { defaultSettings, type SettlementSettings } from './settings.ts';

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
}

/** The settlement side, put together. */
export interface SettlementSide {
  readonly service: SettlementService;
  readonly worker: DoubtWorker;
  readonly ledger: Ledger;
  readonly archive: Archive;
  readonly inquiries: Inquiries;
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
  const service = new SettlementService({ ledger, flows });
  const archive = new Archive({ ...parts, ledger });
  const inquiries = new Inquiries({ insurers, journal, clock });
  return {
    service,
    worker,
    ledger,
    archive,
    inquiries,
    routes({ readings, idempotency }) {
      const desk = new Desk(readings);
      return [
        insurerRoutes({ insurers, inquiries, desk, idempotency }),
        settlementRoutes({ service, archive, ledger, desk, idempotency }),
      ];
    },
  };
}
