import { BSER } from './codes.ts';
import type { Resource } from './resource.ts';
import { INCLUDES, REV_INCLUDES, SEARCH, type SearchType } from './search.ts';

/** What each resource can be asked for; docs/fhir.md lists the same, and a test holds them together. */
export const INTERACTIONS: Readonly<Record<SearchType, readonly string[]>> = {
  Task: ['read', 'search-type'],
  ServiceRequest: ['read', 'search-type'],
  Patient: ['read', 'search-type'],
  Organization: ['read', 'search-type'],
  Communication: ['read', 'search-type'],
  DocumentReference: ['read', 'search-type'],
};

const PROFILES: Readonly<Partial<Record<SearchType, string>>> = {
  Task: BSER.task,
  ServiceRequest: BSER.serviceRequest,
};

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
    rest: [
      {
        mode: 'server',
        security: { cors: false, description: 'Authorization: Bearer 接口密钥 / an API key of this gateway' },
        resource: types.map(resourceOf),
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
    ...(profile === undefined ? {} : { supportedProfile: [profile] }),
    interaction: INTERACTIONS[type].map((code) => ({ code })),
    versioning: 'versioned',
    readHistory: false,
    ...(includes === undefined ? {} : { searchInclude: includes }),
    ...(revIncludes === undefined ? {} : { searchRevInclude: revIncludes }),
    searchParam: Object.entries(SEARCH[type]).map(([name, kind]) => ({ name, type: kind })),
  };
}
