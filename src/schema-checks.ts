import { Ajv2020, type Options, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/**
 * A compiler of checks that starts fast: a start compiles dozens of them, and half of the time went into tidying code
 * that V8 tidies anyway, and into looking whether our own schemas are schemas.
 */
export function newAjv(options: Options = {}): Ajv2020 {
  const ajv = new Ajv2020({ strict: false, validateSchema: false, code: { optimize: false }, ...options });
  addFormats.default(ajv);
  return ajv;
}

/** A check of `schema` that is compiled when it is first needed. */
export function checkOf<T>(schema: object, options: Options = {}): () => ValidateFunction<T> {
  let check: ValidateFunction<T> | undefined;
  return () => (check ??= newAjv(options).compile<T>(schema));
}
