import SerializerSelector from '@fastify/fast-json-stringify-compiler';
import type { AnySchema, ErrorObject } from 'ajv/dist/2020.js';
import type { FastifyInstance } from 'fastify';
import { newAjv } from '../schema-checks.ts';

interface Check {
  (value: unknown): boolean;
  errors?: ErrorObject[] | null;
}

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
  app.setValidatorCompiler(({ schema, httpPart }) => lazyCheck(schema as AnySchema, httpPart));
  app.setSerializerCompiler(({ schema }) => lazyWriter(schema as object));
}

function lazyCheck(schema: AnySchema, httpPart: string | undefined): Check {
  let compiled: Check | undefined;
  const check: Check = (value) => {
    compiled ??= (httpPart === 'body' ? forBodies : forText).compile(schema);
    const good = compiled(value) === true;
    check.errors = compiled.errors ?? null;
    return good;
  };
  return check;
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
