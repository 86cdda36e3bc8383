import { LosslessNumber } from 'lossless-json';
import { chinaDateTime } from '../../clock.ts';
import { type Context, type Row, text } from './inputs.ts';
import type { AnswerField, AnswerNode, Specification } from './port.ts';

/**
 * A made-up answer to a transaction that the virtual platform has no business for: every field that the specification
 * prints, each within its type, length and code table. What the request named, such as a person's number, comes back.
 */
export function sampleOutput(context: Context, specification: Specification): Row {
  return new Sample(context, specification).output();
}

/** Nodes stand inside each other where a field bears another's name; none goes deeper. */
const DEPTH_MAX = 6;

class Sample {
  readonly #now: number;
  readonly #specification: Specification;
  readonly #nodes: readonly AnswerNode[];
  readonly #asked: ReadonlyMap<string, string>;

  constructor({ request, now }: Context, specification: Specification) {
    this.#now = now;
    this.#specification = specification;
    this.#nodes = specification.answerNodes(request.infno);
    this.#asked = textsOf(request.input);
  }

  output(): Row {
    const inner = new Set(this.#nodes.flatMap(({ fields }) => fields.map(({ code }) => code)));
    const output: Record<string, unknown> = {};
    for (const node of this.#nodes) {
      if (node.node === null) Object.assign(output, this.#row(node, 0));
      else if (!inner.has(node.node)) output[node.node] = this.#node(node, 0);
    }
    return output;
  }

  /** A list of one row where its title calls it a list. */
  #node(node: AnswerNode, depth: number): unknown {
    const row = this.#row(node, depth);
    return node.title.includes('列表') ? [row] : row;
  }

  #row({ fields }: AnswerNode, depth: number): Row {
    return Object.fromEntries(fields.map((field) => [field.code, this.#value(field, depth)]));
  }

  #value(field: AnswerField, depth: number): unknown {
    const node = this.#nodes.find(({ node }) => node === field.code);
    if (node) return depth < DEPTH_MAX ? this.#node(node, depth + 1) : [];
    switch (field.type) {
      case 'decimal':
      case 'integer':
        return number(field);
      case 'date':
      case 'datetime': {
        // Two amounts are printed as dates.
        if (field.scale) return number(field);
        const time = chinaDateTime(this.#now);
        return field.type === 'date' ? time.slice(0, 10) : time;
      }
      case 'array':
        return [];
      case 'object':
        return {};
      case 'boolean':
        return true;
      default:
        return this.#text(field);
    }
  }

  #text({ code, name, coded, maxLength = name.length }: AnswerField): string {
    const codes = coded ? this.#specification.codesOf(code) : [];
    const asked = this.#asked.get(code);
    if (asked !== undefined && asked.length <= maxLength && (codes.length === 0 || codes.includes(asked))) {
      return asked;
    }
    return codes[0] ?? `样例${name}`.slice(0, maxLength);
  }
}

/** 1 with as many decimals as the field has, up to what it can hold: 1.00, 0.5. */
function number({ type, precision, scale = 0, maxLength }: AnswerField): LosslessNumber {
  const digits = precision ?? maxLength ?? 1;
  if (type === 'integer' || scale === 0) return new LosslessNumber('1');
  return new LosslessNumber(digits > scale ? `1.${'0'.repeat(scale)}` : `0.${'5'.padEnd(scale, '0')}`);
}

/** The texts of a request's nodes by field; the first of a name counts. */
function textsOf(input: unknown): Map<string, string> {
  const texts = new Map<string, string>();
  for (const node of Object.values((input ?? {}) as Row)) {
    for (const row of Array.isArray(node) ? node : [node]) {
      for (const [field, value] of Object.entries((row ?? {}) as Row)) {
        const said = text(value);
        if (said !== '' && !texts.has(field)) texts.set(field, said);
      }
    }
  }
  return texts;
}
