/**
 * Values made from a JSON Schema, and everything near them that the schema does not let through: what the hostile
 * tests send. Knows the keywords our schemas use; a keyword it does not know is ignored, so what it makes is checked.
 */
import fc from 'fast-check';

type TypeName = 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean' | 'null';

export interface Schema {
  /** Of several, the first is the one that says most. */
  readonly type?: TypeName | readonly TypeName[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly anyOf?: readonly Schema[];
}

/** A value with every field there may be. */
export function sampleOf(schema: Schema, seed: number): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  if (schema.anyOf) return sampleOf(schema.anyOf[0]!, seed);
  switch (typeOf(schema)) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([name, field]) => [name, sampleOf(field, seed)]),
      );
    case 'array':
      return schema.items
        ? Array.from({ length: schema.minItems ?? 1 }, (_, i) => sampleOf(schema.items!, seed + i))
        : [];
    case 'string':
      return textOf(schema, seed);
    case 'integer':
    case 'number':
      return schema.minimum ?? 1;
    case 'boolean':
      return false;
    default:
      return {};
  }
}

function typeOf({ type }: Schema): TypeName | undefined {
  return typeof type === 'string' ? type : type?.[0];
}

function textOf({ pattern, format, minLength = 0 }: Schema, seed: number): string {
  if (format === 'date-time') return '2026-03-02T09:00:00+08:00';
  if (format === 'date') return '2026-03-02';
  if (pattern !== undefined)
    return fc.sample(fc.stringMatching(new RegExp(pattern)), { seed, numRuns: 1 })[0]!;
  return '字'.repeat(Math.max(1, minLength));
}

/** A value with one thing wrong, and the JSON pointer of that thing. */
export interface BadValue {
  readonly what: string;
  readonly value: unknown;
  readonly pointer: string;
}

/** Everything that is one step away from a value and that the schema refuses. */
export function* badValuesOf(schema: Schema, value: unknown, pointer = ''): Generator<BadValue> {
  for (const wrong of wrongFor(schema)) {
    yield { what: JSON.stringify(wrong).slice(0, 40), value: wrong, pointer };
  }
  if (typeOf(schema) === 'object') yield* badFieldsOf(schema, value as Record<string, unknown>, pointer);
  if (typeOf(schema) === 'array' && schema.items) {
    const list = value as readonly unknown[];
    if (list.length === 0) return;
    for (const bad of badValuesOf(schema.items, list[0], `${pointer}/0`)) {
      yield { ...bad, value: [bad.value, ...list.slice(1)] };
    }
  }
}

function* badFieldsOf(schema: Schema, value: Record<string, unknown>, pointer: string): Generator<BadValue> {
  for (const name of schema.required ?? []) {
    const { [name]: _gone, ...rest } = value;
    yield { what: `without ${name}`, value: rest, pointer: `${pointer}/${name}` };
  }
  if (schema.additionalProperties === false) {
    const more = { ...value, 'un~known/field': 1 };
    yield { what: 'an unknown field', value: more, pointer: `${pointer}/un~0known~1field` };
  }
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    if (!(name in value)) continue;
    for (const bad of badValuesOf(field, value[name], `${pointer}/${name}`)) {
      yield { ...bad, value: { ...value, [name]: bad.value } };
    }
  }
}

/** Values of the wrong type, and beyond what the type's limits allow. */
function wrongFor(schema: Schema): unknown[] {
  const wrong: Record<string, unknown[]> = {
    object: [[], null, 'x', 7],
    array: [{}, null, 'x', 7],
    string: [5, null, true, {}, ['x']],
    integer: ['5', null, 1.5, true, [5], 1e300],
    number: ['5', null, true, [5]],
    boolean: ['true', 0, 1, null],
  };
  return [...(wrong[typeOf(schema) ?? ''] ?? []), ...beyondLimits(schema)];
}

function beyondLimits(schema: Schema): unknown[] {
  const { maxLength, minimum, maximum, minItems, maxItems, pattern, format } = schema;
  return [
    ...(schema.enum ? ['no-such-word'] : []),
    ...(maxLength === undefined ? [] : ['x'.repeat(maxLength + 1)]),
    ...(minimum === undefined ? [] : [minimum - 1]),
    ...(maximum === undefined ? [] : [maximum + 1]),
    ...(minItems ? [[]] : []),
    ...(maxItems !== undefined && maxItems <= 100 ? [Array.from({ length: maxItems + 1 }, () => ({}))] : []),
    ...(pattern !== undefined || format !== undefined ? ['\u0000', ''] : []),
  ];
}
