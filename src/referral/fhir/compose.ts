import type { FastifyPluginAsync } from 'fastify';
import { fhirRoutes } from './routes.ts';
import { type FhirReadParts, FhirReads } from './service.ts';

/** Puts the FHIR face together. */
export function composeFhir({ version, ...parts }: FhirReadParts & { readonly version: string }): {
  readonly routes: readonly FastifyPluginAsync[];
} {
  const reads = new FhirReads(parts);
  return { routes: [fhirRoutes({ reads, vault: parts.vault, version })] };
}
