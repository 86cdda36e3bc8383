import type { SwaggerTransform } from '@fastify/swagger';
import Type from 'typebox';
import { Problem } from '../../schemas/common.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether requests may or must come with an Idempotency-Key. */
    repeatable?: 'may' | 'must';
    /** Whether requests may or must name the version they change, by If-Match. */
    versioned?: 'may' | 'must';
  }
}

const headers = {
  'idempotency-key': Type.String({
    minLength: 8,
    maxLength: 128,
    description:
      '同一请求重发时用同一个值,得到同一应答 / the same on every repeat of a request, which gets the same answer',
  }),
  'if-match': Type.String({
    pattern: '^(W/)?"[0-9]+"$',
    description: '读取时得到的 ETag / the ETag of what was read',
  }),
};

const failure = {
  description: '见 docs/errors.md / RFC 9457',
  content: { 'application/problem+json': { schema: Problem } },
};

/** What the API description says of a route beyond its schemas: who may call, which headers it takes, how it fails. */
export const describeRoute: SwaggerTransform = ({ schema, url, route }) => {
  const { scope, repeatable, versioned } = route.config ?? {};
  if (schema?.hide || scope === undefined) return { schema, url };
  const isOpen = scope === 'public' || scope === 'link';
  const taken = headersOf({ 'idempotency-key': repeatable, 'if-match': versioned });
  return {
    url,
    schema: {
      ...schema,
      security: isOpen ? [] : scope === 'session' ? [{ session: [] }] : [{ key: [scope] }, { session: [] }],
      ...(taken === undefined ? {} : { headers: taken }),
      response: {
        ...((schema?.response as object | undefined) ?? { 200: Type.String() }),
        '4xx': failure,
        '5xx': failure,
      },
    },
  };
};

/** The schema of the headers that a route takes; none where it takes none of its own. */
function headersOf(taken: Partial<Record<keyof typeof headers, 'may' | 'must'>>): object | undefined {
  const names = (Object.keys(headers) as (keyof typeof headers)[]).filter((name) => taken[name]);
  if (names.length === 0) return undefined;
  return {
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name, headers[name]])),
    required: names.filter((name) => taken[name] === 'must'),
  };
}
