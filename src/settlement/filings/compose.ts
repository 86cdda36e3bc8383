import type { FastifyPluginAsync } from 'fastify';
import type { Logger } from 'pino';
import type { AuditTrail } from '../../access/audit.ts';
import type { Vault } from '../../access/vault.ts';
import type { Clock, Ids } from '../../clock.ts';
import type { Events } from '../../events/events.ts';
import type { Idempotency } from '../../http/idempotency.ts';
import type { Store } from '../../store/port.ts';
import type { Desk } from '../desk.ts';
import type { Inquiries } from '../inquiries.ts';
import type { Journal } from '../journal.ts';
import { SettlementSeals } from '../model.ts';
import type { Filings, Insurer } from '../port.ts';
import { FilingArchive } from './archive.ts';
import { takeUpDue } from './due.ts';
import { FilingFlow } from './flows.ts';
import { FilingLedger } from './ledger.ts';
import { filingRoutes } from './routes.ts';
import { FilingService } from './service.ts';
import { standingView } from './views.ts';

const DAY_MS = 86_400_000;

export interface FilingParts {
  readonly store: Store;
  readonly vault: Vault;
  readonly audit: AuditTrail;
  readonly events: Events;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly insurers: ReadonlyMap<string, Insurer>;
  readonly journal: Journal;
  readonly inquiries: Inquiries;
}

/** Filings, put together. */
export interface FilingSide {
  readonly service: FilingService;
  readonly archive: FilingArchive;
  /** For the referral side. */
  readonly filings: Filings;
  /** Takes up what is due; for the housekeeper. */
  takeUpDue(): Promise<void>;
  routes(parts: { desk: Desk; idempotency: Idempotency }): FastifyPluginAsync;
}

export function composeFilings(parts: FilingParts): FilingSide {
  const ledger = new FilingLedger(parts);
  const flow = new FilingFlow({ ...parts, ledger, seals: new SettlementSeals(parts.vault) });
  const service = new FilingService({ ledger, flow });
  const archive = new FilingArchive({ ...parts, ledger });
  return {
    service,
    archive,
    filings: {
      async fileTransfer({ id, referralId, insurer, filing }, caller) {
        const wanted = { insurer, referralId, filing: { ...filing, id } };
        return standingView(await service.file(id, caller, async () => wanted));
      },
      async standing(id) {
        const row = await ledger.find(id);
        return row && standingView(row);
      },
      async withdrawTransfer({ id, act, reason }, caller) {
        return standingView(await service.withdraw({ id, act, caller }, { reason }));
      },
      async isListed(id, caller) {
        const row = await ledger.get(id);
        const filing = ledger.seals.filing(row);
        const { identity, insutype, operator, from } = filing;
        const since = Math.min(row.created_at, Date.parse(`${from}T00:00:00+08:00`)) - DAY_MS;
        const question = {
          ...{ kind: filing.kind, identity, since },
          ...(insutype === undefined ? {} : { insutype }),
          ...(operator && { operator }),
        };
        const { items } = await parts.inquiries.filings(row.insurer, question, caller);
        const about = filing.kind === 'transfer' ? filing.toCode : undefined;
        return items.some((item) => item.about === about && item.from === from);
      },
      ofReferral: async (referralId) => (await archive.ofReferral(referralId)).map(standingView),
    },
    takeUpDue: () => takeUpDue({ ...parts, ledger, flow }),
    routes: (given) => {
      const { inquiries, clock } = parts;
      return filingRoutes({ ...given, service, archive, seals: ledger.seals, inquiries, clock });
    },
  };
}
