import { dirname, join } from 'node:path';
import type { FastifyPluginAsync } from 'fastify';
import type { Logger } from 'pino';
import type { Configuration } from '../../../schemas/configuration.ts';
import type { AuditTrail } from '../../access/audit.ts';
import type { Vault } from '../../access/vault.ts';
import type { Clock, Ids } from '../../clock.ts';
import type { MessageHandler, Outbox } from '../../delivery/port.ts';
import type { Events } from '../../events/events.ts';
import type { Store } from '../../store/port.ts';
import { AttachmentArrivals } from './arrivals.ts';
import { AttachmentFiles } from './files.ts';
import type { VirusScanner } from './port.ts';
import { attachmentRoutes } from './routes.ts';
import type { AttachmentLimits } from './rules.ts';
import { AttachmentService } from './service.ts';
import { ATTACHMENT, RECEIPT } from './wire.ts';
import { AttachmentWorker } from './worker.ts';

const MEGABYTE = 1_048_576;
const DEFAULT_MEGABYTES_MAX = 20;
const DEFAULT_COUNT_MAX = 50;
/** A few whole files of every referral that is under way from one organisation. */
const UNFINISHED_FILES_MAX = 50;

export interface AttachmentsParts {
  readonly store: Store;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly audit: AuditTrail;
  readonly events: Events;
  readonly logger: Logger;
  readonly outbox: () => Outbox;
  readonly folder: string;
  readonly limits: AttachmentLimits;
  readonly scanner: VirusScanner | undefined;
}

/** The files of referrals, put together. */
export interface AttachmentSide {
  readonly handlers: readonly (readonly [type: string, handler: MessageHandler])[];
  readonly worker: AttachmentWorker;
  readonly service: AttachmentService;
  readonly routes: FastifyPluginAsync[];
  readonly chores: Readonly<Record<string, () => Promise<void>>>;
}

export function composeAttachments(parts: AttachmentsParts): AttachmentSide {
  const files = new AttachmentFiles(parts.folder);
  const worker = new AttachmentWorker({ ...parts, files });
  const wake = () => worker.wake();
  const arrivals = new AttachmentArrivals({ ...parts, wake });
  const attachments = new AttachmentService({ ...parts, files, wake });
  return {
    handlers: [
      [ATTACHMENT, arrivals],
      [RECEIPT, arrivals],
    ],
    worker,
    service: attachments,
    routes: [attachmentRoutes(attachments)],
    chores: { 'abandoned attachments': () => attachments.tidy() },
  };
}

/** What the configuration says of files, with what it leaves unsaid. They lie beside the store unless told otherwise. */
export function attachmentSettings({
  attachments = {},
  store,
  gateway,
}: Pick<Configuration, 'attachments' | 'store' | 'gateway'>): Pick<AttachmentsParts, 'folder' | 'limits'> {
  const beside = store.kind === 'sqlite' ? dirname(store.file) : 'data';
  const { megabytesMax = DEFAULT_MEGABYTES_MAX, countMax = DEFAULT_COUNT_MAX } = attachments;
  const bytesMax = megabytesMax * MEGABYTE;
  return {
    folder: attachments.folder ?? join(beside, `yikatong-${gateway.id}.attachments`),
    limits: { bytesMax, countMax, unfinishedBytesMax: bytesMax * UNFINISHED_FILES_MAX },
  };
}
