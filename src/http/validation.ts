import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { FastifyInstance } from 'fastify';

/**
 * Two validators: bodies are taken exactly as they are (no coercion, nothing removed), while query strings and path
 * parameters, which are always text, may become numbers.
 */
export function validateStrictly(app: FastifyInstance): void {
  const forBodies = newAjv({ coerceTypes: false });
  const forText = newAjv({ coerceTypes: 'array' });
  app.setValidatorCompiler(({ schema, httpPart }) =>
    (httpPart === 'body' ? forBodies : forText).compile(schema as object),
  );
}

function newAjv(options: { coerceTypes: boolean | 'array' }): Ajv2020 {
  const ajv = new Ajv2020({
    ...options,
    removeAdditional: false,
    useDefaults: true,
    allErrors: false,
    strict: false,
  });
  addFormats.default(ajv);
  return ajv;
}
