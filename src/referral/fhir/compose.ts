import type { FastifyPluginAsync } from 'fastify';
import type { Ids } from '../../clock.ts';
import { fhirRoutes } from './routes.ts';
import { type FhirReadParts, FhirReads } from './service.ts';
import { FhirWrites } from './writes.ts';

/** Puts the FHIR face together. */
export function composeFhir({
  version,
  ...parts
}: FhirReadParts & { readonly version: string; readonly ids: Ids }): {
  readonly routes: readonly FastifyPluginAsync[];
} {
  const reads = new FhirReads(parts);
  return { routes: [fhirRoutes({ ...parts, reads, writes: new FhirWrites(parts), version })] };
}
