import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAst } from 'vite';

/** A call of the API as it is written in a page's source. */
export interface WrittenCall {
  readonly place: string;
  /** Each that the source may mean; none where it comes from elsewhere. */
  readonly methods: readonly string[];
  /** Paths without their query, `*` where a value goes; none where it comes from elsewhere. */
  readonly paths: readonly string[];
  readonly hasKey: boolean;
  readonly hasVersion: boolean;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

const APP = fileURLToPath(new URL('../../src/pages/app', import.meta.url));

/** Every call of the API, and every path of it that is written anywhere, in the pages' sources. */
export function writtenCalls(): { calls: WrittenCall[]; paths: { place: string; path: string }[] } {
  const calls: WrittenCall[] = [];
  const paths: { place: string; path: string }[] = [];
  for (const file of globSync('**/*.{ts,tsx}', { cwd: APP })) {
    const text = readFileSync(join(APP, file), 'utf8');
    const nodes = [
      ...nodesOf(parseAst(text, { lang: file.endsWith('x') ? 'tsx' : 'ts' }) as unknown as Node),
    ];
    const place = (node: Node) => `${file}:${text.slice(0, node.start).split('\n').length}`;
    for (const node of nodes) {
      const written = textOf(node) === undefined ? [] : textsOf(node, nodes);
      for (const path of written.filter((each) => each.startsWith('/v1/')))
        paths.push({ place: place(node), path: withoutQuery(path) });
      if (node.type === 'CallExpression' && nameOf(node.callee) === 'call' && file !== 'api.ts')
        calls.push({ place: place(node), ...callOf(node, nodes) });
    }
  }
  return { calls, paths };
}

function callOf(node: Node, nodes: readonly Node[]) {
  const [method, path, options] = node.arguments as Node[];
  const names = namesIn(options);
  return {
    methods: method ? textsOf(method, nodes) : [],
    // A value alone says nothing.
    paths: path
      ? textsOf(path, nodes)
          .map(withoutQuery)
          .filter((each) => each !== '*')
      : [],
    hasKey: names.includes('key'),
    hasVersion: names.includes('version'),
  };
}

/** The fields of an object that is written out, those of objects spread into it as well. */
function namesIn(node: Node | undefined): (string | undefined)[] {
  if (node?.type !== 'ObjectExpression') return [];
  return (node.properties as Node[]).flatMap(({ key, argument }) =>
    argument ? namesIn(argument as Node) : [nameOf(key)],
  );
}

/** What an expression may say: by itself, by either branch of a choice, or by the constant of that name. */
function textsOf(node: Node, nodes: readonly Node[]): string[] {
  const text = textOf(node);
  if (text !== undefined) {
    const [first] = (node.expressions ?? []) as Node[];
    // `${PATH}?after=…`: a constant that is gone on with.
    const begun = text.startsWith('*') && first?.type === 'Identifier' ? textsOf(first, nodes) : [];
    return begun.length > 0 ? begun.map((each) => each + text.slice(1)) : [text];
  }
  if (node.type === 'ConditionalExpression')
    return [node.consequent, node.alternate].flatMap((branch) => textsOf(branch as Node, nodes));
  if (node.type !== 'Identifier') return [];
  return nodes
    .filter(({ type, id }) => type === 'VariableDeclarator' && nameOf(id) === node.name)
    .filter((declared) => isSeenFrom(declared, node, nodes))
    .flatMap(({ init }) => (init && !holds(init as Node, node) ? textsOf(init as Node, nodes) : []));
}

/** Whether a constant is in a function around the place that names it, or in none. */
function isSeenFrom(declared: Node, place: Node, nodes: readonly Node[]): boolean {
  return nodes
    .filter((each) => /Function/.test(each.type) && holds(each, declared))
    .every((each) => holds(each, place));
}

function holds(outer: Node, inner: Node): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}

/** A text, or a template with `*` where its values go. */
function textOf(node: Node): string | undefined {
  if (node.type === 'Literal' && typeof node.value === 'string') return node.value;
  if (node.type !== 'TemplateLiteral') return undefined;
  return (node.quasis as { value: { cooked: string } }[]).map(({ value }) => value.cooked).join('*');
}

/** `/v1/x*` may be a path and a cursor behind it, which begins with a question mark. */
function withoutQuery(path: string): string {
  return path.split('?')[0]!.replace(/(?<=[^/])\*$/, '');
}

function nameOf(node: unknown): string | undefined {
  const { type, name } = (node ?? {}) as Partial<Node>;
  return type === 'Identifier' ? String(name) : undefined;
}

function* nodesOf(value: unknown): Generator<Node> {
  if (Array.isArray(value)) for (const each of value) yield* nodesOf(each);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  if ('type' in value && typeof value.type === 'string') yield value as Node;
  for (const each of Object.values(value)) yield* nodesOf(each);
}
