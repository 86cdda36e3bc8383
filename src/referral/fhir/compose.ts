import type { FastifyPluginAsync } from 'fastify';
import { FhirMessages, type MessageParts } from './messages.ts';
import { fhirRoutes } from './routes.ts';
import { type FhirReadParts, FhirReads } from './service.ts';
import { FhirWrites } from './writes.ts';

export interface FhirParts extends FhirReadParts, Omit<MessageParts, 'reads' | 'writes'> {
  readonly version: string;
}

/** Puts the FHIR face together. */
export function composeFhir(parts: FhirParts): {
  readonly routes: readonly FastifyPluginAsync[];
  readonly chores: Readonly<Record<string, () => Promise<unknown>>>;
} {
  const reads = new FhirReads(parts);
  const writes = new FhirWrites(parts);
  const messages = new FhirMessages({ ...parts, reads, writes });
  return {
    routes: [fhirRoutes({ ...parts, reads, writes, messages })],
    chores: { 'expired FHIR messages': () => messages.expire() },
  };
}
