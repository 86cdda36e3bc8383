import SerializerSelector from '@fastify/fast-json-stringify-compiler';
import type { AnySchema } from 'ajv/dist/2020.js';
import type { FastifyInstance } from 'fastify';
import { checkOf, newAjv } from '../schema-checks.ts';

type Write = (value: unknown) => string;

/**
 * Two validators: bodies are taken exactly as they are (no coercion, nothing removed), while query strings and path
 * parameters, which are always text, may become numbers.
 */
const forBodies = newAjv({ useDefaults: true, coerceTypes: false });
const forText = newAjv({ useDefaults: true, coerceTypes: 'array' });

const buildWriter = SerializerSelector()({}, {}) as (route: { schema: unknown }) => Write;
const writers = new WeakMap<object, Write>();

/**
 * Schemas are compiled when the first request or answer needs them. A gateway has hundreds, an old PC takes seconds
 * for them, and most are needed seldom or never.
 */
export function validateStrictly(app: FastifyInstance): void {
  app.setValidatorCompiler(({ schema, httpPart }) =>
    checkOf(schema as AnySchema, () => (httpPart === 'body' ? forBodies : forText)),
  );
  app.setSerializerCompiler(({ schema }) => lazyWriter(schema as object));
}

function lazyWriter(schema: object): Write {
  let compiled: Write | undefined;
  return (value) => {
    compiled ??= writerOf(schema);
    return compiled(value);
  };
}

function writerOf(schema: object): Write {
  const known = writers.get(schema);
  if (known) return known;
  const built = buildWriter({ schema });
  writers.set(schema, built);
  return built;
}
