import type { CodeTables, Field, MessageNode, Transaction } from './data.ts';

export type Side = 'input' | 'output';
export type JsonSchema = Record<string, unknown>;

export interface SchemaOptions {
  /**
   * strict: codes must stand in their table and fields in the specification. lenient: a province with additions of
   * its own, where both pass.
   */
  readonly checking: 'strict' | 'lenient';
  /** Required fields of the data that this province doesn't require, by transaction. */
  readonly optionalFields?: Readonly<Record<string, readonly string[]>>;
}

/** Rows a list node may hold. The platform's own limits are lower. */
const ROWS_MAX = 10_000;

/**
 * The JSON Schema of a transaction's `input` or `output`, made from the data alone.
 *
 * A node is one object or a list of them, since the edition doesn't say which. Of a request's nodes only the first
 * must be there; of an answer none, since an empty list may be left out. Nodes nest where a field bears another node's name.
 */
export function schemaOf(
  transaction: Transaction,
  side: Side,
  tables: CodeTables,
  options: SchemaOptions,
): JsonSchema {
  const nodes = transaction[side];
  const named = nodes.filter((node): node is MessageNode & { node: string } => node.node !== null);
  const bare = nodes.filter((node) => node.node === null).flatMap((node) => node.fields);
  const inner = new Set(nodes.flatMap((node) => node.fields.map((field) => field.code)));
  const mayMiss = new Set(options.optionalFields?.[transaction.infno]);
  const context: Context = { side, tables, options, mayMiss, names: named.map((node) => node.node) };

  const outer = named.filter((node) => !inner.has(node.node)).map((node) => node.node);
  const required = side === 'input' ? requiredNodes(nodes, outer) : [];
  return {
    type: 'object',
    properties: {
      ...Object.fromEntries(named.map((node) => [node.node, nodeReference(node.node)])),
      ...fieldSchemas(bare, context),
    },
    required: options.checking === 'lenient' ? [] : [...required, ...requiredFields(bare, context)],
    // The answer of a node without a name comes wrapped as each province likes.
    additionalProperties: options.checking === 'lenient' || (side === 'output' && bare.length > 0),
    $defs: Object.fromEntries(named.map((node) => [node.node, nodeSchema(node, context)])),
  };
}

interface Context {
  readonly side: Side;
  readonly tables: CodeTables;
  readonly options: SchemaOptions;
  readonly mayMiss: ReadonlySet<string>;
  /** Nodes of this message, which may stand inside each other. */
  readonly names: readonly string[];
}

function requiredNodes(nodes: readonly MessageNode[], outer: readonly string[]): string[] {
  const first = nodes[0];
  if (!first?.node || !outer.includes(first.node)) return [];
  return first.fields.some((field) => field.required) ? [first.node] : [];
}

function requiredFields(fields: readonly Field[], { mayMiss }: Context): string[] {
  return fields.filter(({ code, required }) => required && !mayMiss.has(code)).map(({ code }) => code);
}

/** One object or a list of them; `if` rather than `anyOf`, so that an error names the field and not the choice. */
function nodeReference(name: string): JsonSchema {
  const reference = { $ref: `#/$defs/${name}` };
  return {
    if: { type: 'array' },
    // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema
    then: { type: 'array', items: reference, maxItems: ROWS_MAX },
    else: reference,
  };
}

function nodeSchema(node: MessageNode, context: Context): JsonSchema {
  const others = context.names.filter((name) => name !== node.node);
  return {
    type: 'object',
    title: node.title,
    properties: {
      ...Object.fromEntries(others.map((name) => [name, nodeReference(name)])),
      ...fieldSchemas(node.fields, context),
    },
    required: requiredFields(node.fields, context),
    additionalProperties: context.options.checking === 'lenient',
  };
}

function fieldSchemas(fields: readonly Field[], context: Context): JsonSchema {
  return Object.fromEntries(
    fields.map((field) => [
      field.code,
      context.names.includes(field.code) ? nodeReference(field.code) : fieldSchema(field, context),
    ]),
  );
}

function fieldSchema(field: Field, context: Context): JsonSchema {
  // An empty value is written as "" and not left out.
  const mayBeEmpty = context.side === 'output' || !field.required || context.mayMiss.has(field.code);
  switch (field.type) {
    case 'string':
      return { title: field.name, ...stringSchema(field, mayBeEmpty, context) };
    case 'decimal':
    case 'integer':
      return { title: field.name, decimal: decimalOf(field, mayBeEmpty, context.side) };
    case 'date':
    case 'datetime':
      // Two amounts of 3604 are printed as dates.
      if (field.scale) return { title: field.name, decimal: decimalOf(field, mayBeEmpty, context.side) };
      return { title: field.name, type: 'string', format: mayBeEmpty ? 'china-time-or-empty' : 'china-time' };
    case 'array':
      return { title: field.name, type: 'array', maxItems: ROWS_MAX };
    case 'object':
    case 'boolean':
      return { title: field.name, type: field.type };
    case 'bytes':
      return { title: field.name, type: 'string' };
  }
}

function stringSchema(field: Field, mayBeEmpty: boolean, { tables, options }: Context): JsonSchema {
  const table = Object.hasOwn(tables, field.code) ? Object.keys(tables[field.code]?.codes ?? {}) : [];
  if (field.coded && table.length > 0 && options.checking === 'strict') {
    return { type: 'string', enum: mayBeEmpty ? [...table, ''] : table };
  }
  const longestCode = Math.max(0, ...table.map((code) => code.length));
  return {
    type: 'string',
    ...(mayBeEmpty ? {} : { minLength: 1 }),
    ...(field.maxLength ? { maxLength: Math.max(field.maxLength, longestCode) } : {}),
  };
}

/** What the `decimal` keyword takes. */
export interface DecimalLimits {
  readonly precision: number;
  readonly scale: number;
  /** Digits before the point. */
  readonly whole: number;
  readonly mayBeEmpty: boolean;
  /** Answers write numbers as Java does: 1E+2, 0.0000. */
  readonly loose: boolean;
}

/** Digits allowed where the edition gives none. */
const DIGITS_MAX = 30;

function decimalOf(field: Field, mayBeEmpty: boolean, side: Side): DecimalLimits {
  const precision = field.precision ?? field.maxLength ?? DIGITS_MAX;
  const unit = field.type === 'integer' && field.maxLength !== undefined;
  const scale = field.scale ?? (unit ? 0 : precision);
  const whole = field.scale === undefined ? precision : Math.max(1, precision - scale);
  return { precision, scale, whole, mayBeEmpty, loose: side === 'output' };
}
