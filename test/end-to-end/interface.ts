import type { Schema } from './bad-bodies.ts';
import { sampleOf } from './bad-bodies.ts';

interface Media {
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
  readonly description?: string;
}

export interface Parameter {
  readonly in: 'path' | 'query' | 'header';
  readonly name: string;
  readonly required?: boolean;
  readonly schema: Schema;
}

export interface Operation {
  readonly method: string;
  /** With its parameters in braces. */
  readonly path: string;
  readonly summary?: string;
  readonly security?: readonly Record<string, readonly string[]>[];
  readonly parameters: readonly Parameter[];
  readonly requestBody?: Media;
  readonly responses: Readonly<Record<string, Media>>;
}

export interface Description {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly components: { readonly securitySchemes: Readonly<Record<string, object>> };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Omit<Operation, 'method' | 'path'>>>>>;
}

export async function descriptionOf(url: string): Promise<Description> {
  return (await (await fetch(`${url}/openapi.json`)).json()) as Description;
}

export function operationsOf({ paths }: Description): Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...operation,
      method: method.toUpperCase(),
      path,
      parameters: operation.parameters ?? [],
    })),
  );
}

export const nameOf = ({ method, path }: Operation) => `${method} ${path}`;

/** The scope its description names; none for who needs no key. */
/** Whether it is for whoever is signed in at a page, and for no key. */
export const isOfSession = ({ security = [] }: Operation) =>
  security.length > 0 && security.every(({ key }) => key === undefined);

export const scopeOf = ({ security = [] }: Operation) => security[0]?.key?.[0];

export const bodyOf = ({ requestBody }: Operation) => requestBody?.content?.['application/json']?.schema;

/** Its path for a thing that may not exist, and is named as such a thing could be. */
export function pathOf({ path, parameters }: Operation, seed: number): string {
  return parameters
    .filter((parameter) => parameter.in === 'path')
    .reduce(
      (filled, { name, schema }) =>
        filled.replace(`{${name}}`, encodeURIComponent(String(sampleOf(schema, seed)))),
      path,
    );
}
