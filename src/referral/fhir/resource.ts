/** The part of FHIR R4 that we write. What comes in is looked at member by member: see incoming.ts. */

export interface Coding {
  system?: string;
  code?: string;
  display?: string;
}

export interface CodeableConcept {
  coding?: Coding[];
  text?: string;
}

export interface Reference {
  reference?: string;
  type?: string;
  identifier?: Identifier;
  display?: string;
}

export interface Identifier {
  use?: string;
  type?: CodeableConcept;
  system?: string;
  value?: string;
  assigner?: Reference;
}

export interface Meta {
  versionId?: string;
  lastUpdated?: string;
  profile?: readonly string[];
}

/** Any resource, by what all of them have. */
export interface Resource {
  resourceType: string;
  id?: string;
  meta?: Meta;
  [member: string]: unknown;
}

export interface Entry {
  fullUrl?: string;
  resource?: Resource;
  search?: { mode: 'match' | 'include' };
  request?: { method: string; url: string; ifNoneExist?: string; ifMatch?: string };
  response?: { status: string; location?: string; etag?: string; lastModified?: string; outcome?: Resource };
}

export interface Bundle extends Resource {
  resourceType: 'Bundle';
  type: string;
  identifier?: Identifier;
  total?: number;
  link?: { relation: string; url: string }[];
  entry?: Entry[];
}

export function concept(system: string, code: string, text?: string): CodeableConcept {
  return { coding: [{ system, code }], ...(text === undefined ? {} : { text }) };
}

/** A reference to a resource of this server. */
export function referenceTo(type: string, id: string, display?: string): Reference {
  return { reference: `${type}/${id}`, ...(display === undefined ? {} : { display }) };
}

/** Whether something that came in is an object with members. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
