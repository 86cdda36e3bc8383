import type { ValidateFunction } from 'ajv/dist/2020.js';
import Type, { type Static, type TSchema } from 'typebox';
import { newAjv } from '../../schema-checks.ts';

const ajv = newAjv();

/** A check of a value that came over the wire. Compiled when it is first needed: most gateways have no desks. */
export function checkOf<Schema extends TSchema>(schema: Schema): (value: unknown) => value is Static<Schema> {
  let validate: ValidateFunction | undefined;
  return (value): value is Static<Schema> => {
    validate ??= ajv.compile(schema);
    return validate(value) as boolean;
  };
}

/** Bytes as base64. */
export function Base64(bytesMax: number) {
  return Type.String({
    pattern: '^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$',
    maxLength: Math.ceil(bytesMax / 3) * 4,
  });
}

export const base64Of = (bytes: Buffer): string => bytes.toString('base64');
export const bytesOf = (base64: string): Buffer => Buffer.from(base64, 'base64');
