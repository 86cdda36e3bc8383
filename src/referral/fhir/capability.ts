import { BSER, COW } from './codes.ts';
import { KEPT_TYPES } from './pack.ts';
import type { Resource } from './resource.ts';
import { INCLUDES, REV_INCLUDES, SEARCH, type SearchType } from './search.ts';

/** What each resource can be asked for; docs/fhir.md lists the same, and a test holds them together. */
export const INTERACTIONS: Readonly<Record<SearchType, readonly string[]>> = {
  Task: ['read', 'search-type', 'create', 'update', 'patch'],
  ServiceRequest: ['read', 'search-type', 'create'],
  Patient: ['read', 'search-type'],
  Organization: ['read', 'search-type'],
  Communication: ['read', 'search-type', 'create'],
  DocumentReference: ['read', 'search-type', 'create'],
};

const PROFILES: Readonly<Partial<Record<SearchType, readonly string[]>>> = {
  Task: [BSER.task, COW.cancellationRequest],
  ServiceRequest: [BSER.serviceRequest],
};

const PROCESS_MESSAGE = 'http://hl7.org/fhir/OperationDefinition/MessageHeader-process-message';

/** The CapabilityStatement of this server (GET /fhir/metadata). */
export function capabilityStatement({ version, url }: { version: string; url: string }): Resource {
  const types = Object.keys(SEARCH) as SearchType[];
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: '2026-01-01',
    kind: 'instance',
    software: { name: '一卡通网关 Yikatong', version },
    implementation: { description: '双向转诊 FHIR R4 接口 / referrals over FHIR R4', url },
    fhirVersion: '4.0.1',
    format: ['application/fhir+json', 'json'],
    patchFormat: ['application/json-patch+json'],
    rest: [
      {
        mode: 'server',
        security: { cors: false, description: 'Authorization: Bearer 接口密钥 / an API key of this gateway' },
        resource: [
          ...types.map(resourceOf),
          subscriptionResource,
          ...KEPT_TYPES.filter((type) => !(type in SEARCH)).map(keptResource),
        ],
        interaction: [{ code: 'transaction' }, { code: 'batch' }],
        operation: [{ name: 'process-message', definition: PROCESS_MESSAGE }],
      },
    ],
  };
}

function resourceOf(type: SearchType): object {
  const profile = PROFILES[type];
  const includes = INCLUDES[type];
  const revIncludes = REV_INCLUDES[type];
  return {
    type,
    ...(profile === undefined ? {} : { supportedProfile: profile }),
    interaction: INTERACTIONS[type].map((code) => ({ code })),
    versioning: 'versioned',
    readHistory: false,
    ...(type === 'ServiceRequest' ? { conditionalCreate: true } : {}),
    ...(includes === undefined ? {} : { searchInclude: includes }),
    ...(revIncludes === undefined ? {} : { searchRevInclude: revIncludes }),
    searchParam: Object.entries(SEARCH[type]).map(([name, kind]) => ({ name, type: kind })),
  };
}

const subscriptionResource = {
  type: 'Subscription',
  interaction: ['create', 'read', 'update', 'delete'].map((code) => ({ code })),
  operation: ['status', 'events'].map((name) => ({
    name,
    definition: `http://hl7.org/fhir/uv/subscriptions-backport/OperationDefinition/backport-subscription-${name}`,
  })),
};

/** What came with a referral is only read. */
function keptResource(type: string): object {
  return { type, interaction: [{ code: 'read' }] };
}
