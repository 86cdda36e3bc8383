import type { FastifyPluginAsync } from 'fastify';
import type { FormsConfiguration } from '../../../schemas/forms-configuration.ts';
import type { Organisation } from '../../../schemas/organisation.ts';
import type { AuditTrail } from '../../access/audit.ts';
import type { Vault } from '../../access/vault.ts';
import type { Clock } from '../../clock.ts';
import type { Store } from '../../store/port.ts';
import { ReferralModel } from '../model.ts';
import { Printer } from './print/printer.ts';
import { formRoutes } from './routes.ts';
import { type FormParts, FormService } from './service.ts';
import { uploadCodesOf } from './upload-codes.ts';

export interface FormsParts {
  readonly store: Store;
  readonly vault: Vault;
  readonly audit: AuditTrail;
  readonly clock: Clock;
  readonly own: Organisation;
  readonly nameOf: (organisation: string) => string;
  readonly results: FormParts['results'];
  /** Fonts to print with, and how the city numbers its codes. */
  readonly forms?: FormsConfiguration | undefined;
}

/** The Chinese forms, put together. */
export function composeForms({ nameOf, forms: given = {}, ...parts }: FormsParts): {
  readonly routes: FastifyPluginAsync[];
  stop(): Promise<void>;
} {
  const printer = new Printer(given.fonts);
  const uploadCodes = uploadCodesOf(given.uploadCodes);
  const forms = new FormService({
    ...parts,
    printer,
    uploadCodes,
    model: new ReferralModel(parts.vault, nameOf),
  });
  return { routes: [formRoutes(forms)], stop: () => printer.stop() };
}
