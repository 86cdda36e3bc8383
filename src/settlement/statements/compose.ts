import type { FastifyPluginAsync } from 'fastify';
import type { Logger } from 'pino';
import type { AuditTrail } from '../../access/audit.ts';
import type { Vault } from '../../access/vault.ts';
import type { Clock, Ids } from '../../clock.ts';
import type { Idempotency } from '../../http/idempotency.ts';
import type { Store } from '../../store/port.ts';
import type { Flows, Insurers } from '../flows.ts';
import type { Journal } from '../journal.ts';
import type { Ledger } from '../ledger.ts';
import type { Recovery } from '../recovery.ts';
import type { SettlementService } from '../service.ts';
import { StatementArchive } from './archive.ts';
import { Comparison } from './comparison.ts';
import { DoubtMending } from './doubt-mending.ts';
import { StatementKeeper } from './keeper.ts';
import { Mender } from './mender.ts';
import { Mending } from './mending.ts';
import { StatementSeals } from './model.ts';
import { OurRows } from './our-rows.ts';
import { Recording } from './recording.ts';
import { statementRoutes } from './routes.ts';
import { StatementService } from './service.ts';
import { Undoing } from './undoing.ts';

export interface StatementParts {
  readonly store: Store;
  readonly vault: Vault;
  readonly audit: AuditTrail;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly runner: string;
  readonly insurers: Insurers;
  readonly ledger: Ledger;
  readonly journal: Journal;
  readonly flows: Flows;
  readonly recovery: Recovery;
  readonly service: SettlementService;
  readonly daily: ReadonlyMap<string, string>;
}

/** Statements, put together. */
export interface StatementSide {
  readonly service: StatementService;
  readonly mender: Mender;
  readonly archive: StatementArchive;
  readonly seals: StatementSeals;
  routes(idempotency: Idempotency, waitMs?: number): FastifyPluginAsync;
}

export function composeStatements(parts: StatementParts): StatementSide {
  const { store, audit, clock, ledger } = parts;
  const seals = new StatementSeals(parts.vault);
  const keeper = new StatementKeeper({ store, audit, clock, seals });
  const comparison = new Comparison({ ...parts, rows: new OurRows(store, ledger.seals) });
  const service = new StatementService({ ...parts, comparison, keeper });
  const recording = new Recording({ store, ledger, audit });
  const doubts = new DoubtMending({ ...parts, recording });
  const undoing = new Undoing({ ...parts, seals: ledger.seals });
  const mending = new Mending({ ...parts, keeper, undoing, recording, doubts, seals });
  const mender = new Mender({ ...parts, mending, seals });
  const archive = new StatementArchive({ store, audit, clock });
  return {
    ...{ service, mender, archive, seals },
    routes: (idempotency, waitMs) =>
      statementRoutes({ service, mender, archive, seals, clock, idempotency, waitMs }),
  };
}
