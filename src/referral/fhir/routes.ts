import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { Strict } from '../../../schemas/common.ts';
import { callerOf } from '../../access/caller.ts';
import { addressed } from './attachment-documents.ts';
import { capabilityStatement } from './capability.ts';
import { baseOf, PREFIX, sendResource, speakFhir, weakEtag } from './face.ts';
import { KEPT_TYPES } from './pack.ts';
import type { Resource } from './resource.ts';
import { parametersOf, SEARCH, type SearchType } from './search.ts';
import { runSearch, type SearchParts } from './searches.ts';
import { subscriptionRoutes } from './subscriptions/routes.ts';
import type { FhirSubscriptions } from './subscriptions/service.ts';
import { type FhirWriteRouteParts, fhirWriteRoutes } from './write-routes.ts';

export interface FhirRouteParts extends SearchParts, FhirWriteRouteParts {
  readonly subscriptions: FhirSubscriptions;
  readonly version: string;
}

const tags = ['FHIR R4'];
const TYPES = Object.keys(SEARCH) as SearchType[];
const ById = Strict({ id: Type.String({ pattern: '^[A-Za-z0-9.-]{1,64}$', description: 'FHIR id' }) });

/** Any resource: what is in it is checked by the rules of FHIR, not by this schema. */
const AnyResource = Type.Object({ resourceType: Type.String() }, { additionalProperties: true });

/** The FHIR R4 face, for clients that speak FHIR instead of /v1. */
export function fhirRoutes(parts: FhirRouteParts): FastifyPluginAsync {
  return async (root) => {
    await root.register(
      async (app) => {
        speakFhir(app);
        app.get(
          '/metadata',
          {
            config: { scope: 'public' },
            schema: { summary: 'FHIR 能力声明 / CapabilityStatement', tags, response: { 200: AnyResource } },
          },
          async (request, reply) =>
            sendResource(reply, capabilityStatement({ version: parts.version, url: baseOf(request) })),
        );
        fhirWriteRoutes(app, parts);
        subscriptionRoutes(app, parts.subscriptions);
        for (const type of TYPES) {
          const search = async (request: FastifyRequest, reply: FastifyReply) => {
            const raw = new URLSearchParams(request.url.split('?')[1] ?? '');
            if (request.body instanceof URLSearchParams)
              for (const [name, value] of request.body) raw.append(name, value);
            const bundle = await runSearch(
              parts,
              callerOf(request),
              type,
              parametersOf(raw, type),
              baseOf(request),
            );
            return sendResource(reply, bundle);
          };
          const described = {
            config: { scope: 'referral:read' as const },
            schema: {
              summary: `检索 ${type} / Search ${type}`,
              description: `参数 / parameters: ${Object.keys(SEARCH[type]).join(', ')}`,
              tags,
              response: { 200: AnyResource },
            },
          };
          app.get(`/${type}`, described, search);
          app.post(`/${type}/_search`, described, search);
        }
        for (const type of new Set<string>([...TYPES, ...KEPT_TYPES])) {
          app.get(
            `/${type}/:id`,
            {
              config: { scope: 'referral:read' },
              schema: {
                summary: `读取 ${type} / Read a ${type}`,
                tags,
                params: ById,
                response: { 200: AnyResource },
              },
            },
            async (request, reply) => {
              const { id } = request.params as { id: string };
              const resource = await parts.reads.read(callerOf(request), type, id);
              return sendVersioned(request, reply, addressed(resource, baseOf(request)));
            },
          );
        }
      },
      { prefix: PREFIX },
    );
  };
}

/** A resource with its version, or 304 where the caller has it already. */
function sendVersioned(request: FastifyRequest, reply: FastifyReply, resource: Resource): FastifyReply {
  const { versionId, lastUpdated } = resource.meta ?? {};
  if (lastUpdated !== undefined) reply.header('last-modified', new Date(lastUpdated).toUTCString());
  if (versionId === undefined) return sendResource(reply, resource);
  reply.header('etag', weakEtag(versionId));
  const known = request.headers['if-none-match']?.split(',').map((each) => each.trim().replace(/^W\//, ''));
  if (known?.includes(`"${versionId}"`)) return reply.code(304).send();
  return sendResource(reply, resource);
}
