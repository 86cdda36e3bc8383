import type { FastifyPluginAsync } from 'fastify';
import type { Organisation } from '../../../schemas/organisation.ts';
import type { AuditTrail } from '../../access/audit.ts';
import type { Vault } from '../../access/vault.ts';
import type { Clock } from '../../clock.ts';
import type { Store } from '../../store/port.ts';
import { ReferralModel } from '../model.ts';
import { formRoutes } from './routes.ts';
import { type FormParts, FormService } from './service.ts';

export interface FormsParts {
  readonly store: Store;
  readonly vault: Vault;
  readonly audit: AuditTrail;
  readonly clock: Clock;
  readonly own: Organisation;
  readonly nameOf: (organisation: string) => string;
  readonly results: FormParts['results'];
}

/** The Chinese forms, put together. */
export function composeForms({ nameOf, ...parts }: FormsParts): { routes: FastifyPluginAsync[] } {
  const forms = new FormService({ ...parts, model: new ReferralModel(parts.vault, nameOf) });
  return { routes: [formRoutes(forms)] };
}
