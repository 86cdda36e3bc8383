import type { FastifyPluginAsync } from 'fastify';
import type { Logger } from 'pino';
import type { Configuration } from '../../../schemas/configuration.ts';
import type { AuditTrail } from '../../access/audit.ts';
import type { Vault } from '../../access/vault.ts';
import type { Clock } from '../../clock.ts';
import type { Idempotency } from '../../http/idempotency.ts';
import type { Store } from '../../store/port.ts';
import { fileRoutes } from '../files/routes.ts';
import { FileService } from '../files/service.ts';
import type { Inquiries } from '../inquiries.ts';
import type { Insurer, Spool } from '../port.ts';
import { CatalogueArchive } from './archive.ts';
import { Loader } from './loading.ts';
import { mappingRoutes } from './mapping-routes.ts';
import { Mappings } from './mappings.ts';
import { catalogueRoutes } from './routes.ts';
import { Downloads } from './service.ts';

export interface CatalogueParts {
  readonly store: Store;
  readonly vault: Vault;
  readonly audit: AuditTrail;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly gatewayId: string;
  readonly insurers: ReadonlyMap<string, Insurer>;
  readonly inquiries: Inquiries;
  readonly spool: Spool;
  /** Of the institution: price limits go by it. */
  readonly level?: Configuration['organisation']['level'];
}

/** 医保目录限价类型: 1 first level and below, 2 second, 3 third. */
const LIMIT_CLASSES: Readonly<Record<Configuration['organisation']['level'], string>> = {
  village: '1',
  township: '1',
  county: '2',
  city: '3',
  province: '3',
};

/** Files and catalogues of insurers, put together. */
export function composeCatalogues(parts: CatalogueParts) {
  const downloads = new Downloads({ ...parts, loader: new Loader(parts) });
  const { level, ...common } = parts;
  const archive = new CatalogueArchive({ ...common, level: level && LIMIT_CLASSES[level] });
  const mappings = new Mappings(parts);
  const files = new FileService(parts);
  return {
    downloads,
    archive,
    mappings,
    files,
    routes({ idempotency }: { idempotency: Idempotency }): FastifyPluginAsync[] {
      return [
        fileRoutes(files),
        catalogueRoutes({ downloads, archive, idempotency, clock: parts.clock }),
        mappingRoutes(mappings),
      ];
    },
  };
}
