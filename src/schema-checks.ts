import {
  Ajv2020,
  type AnySchema,
  type ErrorObject,
  type Options,
  type ValidateFunction,
} from 'ajv/dist/2020.js';
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

let common: Ajv2020 | undefined;
const commonAjv = () => (common ??= newAjv());

/** Whether a value is what a schema says; `errors` tells what was wrong with the last one. */
export interface Check<T> {
  (value: unknown): value is T;
  errors?: ErrorObject[] | null;
}

/** A check that is compiled when it is first needed: many are needed seldom or never. */
export function checkOf<T>(schema: AnySchema, ajv: () => Ajv2020 = commonAjv): Check<T> {
  let compiled: ValidateFunction<T> | undefined;
  const check: Check<T> = (value): value is T => {
    compiled ??= ajv().compile<T>(schema);
    const good = compiled(value);
    check.errors = compiled.errors ?? null;
    return good;
  };
  return check;
}
