import type { FastifyPluginAsync } from 'fastify';
import type { Logger } from 'pino';
import type { ScannerConfiguration } from '../../schemas/attachment-configuration.ts';
import type { Configuration } from '../../schemas/configuration.ts';
import type { AuditTrail } from '../access/audit.ts';
import type { Vault } from '../access/vault.ts';
import type { Clock, Ids } from '../clock.ts';
import type { MessageHandler, Outbox } from '../delivery/port.ts';
import type { Events } from '../events/events.ts';
import type { Store } from '../store/port.ts';
import { attachmentSettings, composeAttachments } from './attachments/compose.ts';
import type { VirusScanner } from './attachments/port.ts';
import type { AttachmentService } from './attachments/service.ts';
import type { AttachmentWorker } from './attachments/worker.ts';
import { composeForms } from './forms/compose.ts';
import { heldRoutes } from './recognition/held-routes.ts';
import { HeldResults } from './recognition/held-service.ts';
import type { InsurerInquiries } from './recognition/port.ts';
import { recognitionRoutes } from './recognition/routes.ts';
import { RECOGNITION, RESULT, RecognitionService } from './recognition/service.ts';
import { resultUploadRoutes } from './recognition/upload-routes.ts';
import { ResultUploads } from './recognition/upload-service.ts';
import { organisationNames } from './routing.ts';

type PapersConfiguration = Pick<
  Configuration,
  'attachments' | 'forms' | 'store' | 'gateway' | 'organisation' | 'organisations'
>;

export interface PapersParts {
  readonly store: Store;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly audit: AuditTrail;
  readonly events: Events;
  readonly logger: Logger;
  readonly configuration: PapersConfiguration;
  readonly scannerOf: (scanner: ScannerConfiguration | undefined) => VirusScanner | undefined;
  /** How insurers are asked what they hold of a patient. */
  readonly inquiries: InsurerInquiries;
  /** Made after the handlers of its messages. */
  readonly outbox: () => Outbox;
}

/** What goes with a referral beside its messages: the forms, the files, the results of others. */
export interface PapersSide {
  readonly handlers: readonly (readonly [type: string, handler: MessageHandler])[];
  readonly worker: AttachmentWorker;
  readonly attachments: AttachmentService;
  readonly chores: Readonly<Record<string, () => Promise<void>>>;
  readonly routes: FastifyPluginAsync[];
  stop(): Promise<void>;
}

export function composePapers(parts: PapersParts): PapersSide {
  const { configuration, scannerOf } = parts;
  const nameOf = organisationNames(configuration.organisations);
  const results = new RecognitionService(parts);
  const { organisation: own } = configuration;
  const forms = composeForms({ ...parts, own, nameOf, results, forms: configuration.forms });
  const scanner = scannerOf(configuration.attachments?.scan);
  const attachments = composeAttachments({ ...parts, ...attachmentSettings(configuration), scanner });
  return {
    handlers: [...attachments.handlers, [RESULT, results], [RECOGNITION, results]],
    worker: attachments.worker,
    attachments: attachments.service,
    chores: attachments.chores,
    stop: () => forms.stop(),
    routes: [
      ...forms.routes,
      ...attachments.routes,
      recognitionRoutes(results),
      heldRoutes(new HeldResults(parts)),
      resultUploadRoutes(new ResultUploads({ ...parts, own: configuration.organisation, results })),
    ],
  };
}
