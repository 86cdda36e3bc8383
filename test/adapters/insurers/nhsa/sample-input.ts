import type { Field, MessageNode, Transaction } from '../../../../adapters/insurers/nhsa/data.ts';
import { FILE_TRANSFERS, MONEY } from '../../../../adapters/insurers/nhsa/kinds.ts';
import { specification } from './helper.ts';

export type Row = Record<string, unknown>;

/** Transactions that go through no flow of their own. */
export const PLAIN = [...specification.transactions().values()].filter(
  ({ infno }) => !MONEY.includes(infno) && !FILE_TRANSFERS.has(infno),
);

/** The smallest input that a transaction takes: its first node with its required fields, and what stands inside them. */
export function smallestInput({ input }: Transaction): Row {
  const built: Row = {};
  const inner = new Set(input.flatMap(({ fields }) => fields.map(({ code }) => code)));
  for (const [index, node] of input.entries()) {
    if (node.node === null) Object.assign(built, rowOf(node, input, requiredOf(node)));
    else if (index === 0 && !inner.has(node.node)) built[node.node] = rowOf(node, input, requiredOf(node));
  }
  return built;
}

function requiredOf({ fields }: MessageNode): readonly Field[] {
  return fields.filter(({ required }) => required);
}

function rowOf(node: MessageNode, nodes: readonly MessageNode[], fields: readonly Field[]): Row {
  return Object.fromEntries(fields.map((field) => [field.code, fieldValue(field, node, nodes)]));
}

function fieldValue(field: Field, within: MessageNode, nodes: readonly MessageNode[]): unknown {
  const node = nodes.find(({ node }) => node === field.code && node !== within.node);
  return node ? [rowOf(node, nodes, requiredOf(node))] : plainValue(field);
}

/** A value of the field's type that fits it. */
function plainValue({ code, type, scale, coded }: Field): unknown {
  switch (type) {
    case 'decimal':
    case 'integer':
      return '0';
    case 'date':
    case 'datetime':
      return scale ? '0' : '2026-03-02';
    case 'array':
      return [];
    case 'object':
      return {};
    case 'boolean':
      return true;
    default:
      return (coded && specification.codesOf(code)[0]) || '1';
  }
}

/** One way to break a field, and the field it can be done to. */
export interface Breach {
  readonly name: string;
  breaks(field: Field): boolean;
  /** The broken value; nothing leaves the field out. */
  value(field: Field): unknown;
}

const isText = ({ type, coded }: Field) => type === 'string' && !coded;

export const BREACHES: readonly Breach[] = [
  {
    name: 'too long',
    breaks: (field) => isText(field) && field.maxLength !== undefined,
    value: ({ maxLength = 0, code }) =>
      'x'.repeat(1 + Math.max(maxLength, ...specification.codesOf(code).map((each) => each.length))),
  },
  {
    name: 'of a wrong precision',
    breaks: ({ type, scale }) => type === 'decimal' && scale !== undefined,
    value: ({ scale = 0 }) => `1.${'1'.repeat(scale + 1)}`,
  },
  {
    name: 'of an unknown code',
    breaks: ({ type, coded, code }) => type === 'string' && !!coded && specification.codesOf(code).length > 0,
    value: () => '~',
  },
  { name: 'missing', breaks: ({ required }) => required === true, value: () => undefined },
];

/** The rows that stand at the outside of a message, each with the node it is of and the pointer to it. */
export function* outerRows(
  message: Row,
  nodes: readonly MessageNode[],
): Generator<[Row, MessageNode, string]> {
  for (const node of nodes) {
    if (node.node === null) yield [message, node, ''];
    const value = node.node === null ? undefined : message[node.node];
    if (Array.isArray(value) && value[0]) yield [value[0] as Row, node, `/${node.node}/0`];
    else if (typeof value === 'object' && value !== null) yield [value as Row, node, `/${node.node}`];
  }
}
